"""A participant says what they need to take part: neither yes nor no."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.console.ports import InvitationView, Kept
from services.console.use_cases.replies import Standing, TooLateError, standing
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import NeedsState, ReplyNeedsGiven
from shared.errors import NotFoundError
from shared.facts import Facts

MAY_NEED = frozenset({Standing.OPEN, Standing.ACCEPTED, Standing.REJOINING, Standing.ANOTHER_TIME})


class MeetingNeed(StrEnum):
    """What matters for a meeting, by its SNOMED CT code, in the order in which it is asked."""

    WHEELCHAIR = "1108191000000103"
    HEARING_LOOP = "198061000000105"
    LOW_NOISE = "1325391000000106"
    LOW_LIGHT = "1325381000000109"
    BSL = "204331000000107"
    SIGN_SUPPORTED = "936761000000104"
    MAKATON = "204341000000103"
    LIPSPEAKER = "945911000000109"
    SPEECH_TO_TEXT = "966401000000100"
    NOTE_TAKER = "945891000000106"
    DEAFBLIND_MANUAL = "957051000000100"
    SIGHTED_GUIDE = "719563003"
    ADVOCATE = "225835008"
    CARER = "1108151000000106"
    MORE_TIME = "1108171000000102"
    SEE_BEFORE = "1325341000000101"
    EASY_READ = "796161000000101"
    LARGE_PRINT = "957331000000109"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person ticked; `call_me`: something else, about which staff are to ring them."""

    needs: Collection[MeetingNeed]
    call_me: bool = False
    by_phone: bool = False


async def give_needs(
    invitation_id: UUID, said: Said, known: Kept[InvitationView], facts: Facts
) -> Changes:
    """Pass on what is new of it; the same again changes nothing.

    Raises NotFoundError, TooLateError.
    """
    invitation = await known.get(str(invitation_id))
    if invitation is None:
        raise NotFoundError("no such invitation")
    if standing(invitation, facts.now()) not in MAY_NEED:
        raise TooLateError("the invitation is not open any more")
    given = tuple(need.value for need in MeetingNeed if need in said.needs)
    told = replace(
        invitation,
        needs=tuple(dict.fromkeys((*invitation.needs, *given))),
        call_me=invitation.call_me or said.call_me,
    )
    if told == invitation:
        return NOTHING
    told = replace(told, needs_told=invitation.needs_told + 1)
    news = said.call_me and not invitation.call_me
    event = ReplyNeedsGiven(
        **facts.started(told.hub, correlation_id=told.correlation_id, causation_id=told.event_id),
        subject=told.id,
        sequence=told.needs_told,
        data=NeedsState(
            invitation_id=told.state.invitation_id,
            participant_id=told.state.participant_id,
            by_phone=said.by_phone,
            needs=given,
            call_me=news,
        ),
    )
    return Changes((known.keep(told),), (event,))
