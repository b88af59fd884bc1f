"""A participant says what they need to take part: neither yes nor no."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from services.console.ports import DetailsView, InvitationView, Knowledge
from services.console.use_cases.replies import Standing, TooLateError, standing
from shared.changes import NOTHING, Changes, Write
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


async def needs_that_stand(invitation: InvitationView, known: Knowledge) -> tuple[str, ...]:
    """Return what the person said by an invitation that they need, and did not take back since."""
    details = await known.details.get(str(invitation.state.participant_id))
    taken_back = details.needs_dropped if details else ()
    return tuple(each for each in invitation.needs if each not in taken_back)


async def give_needs(invitation_id: UUID, said: Said, known: Knowledge, facts: Facts) -> Changes:
    """Pass on what is new of it; the same again changes nothing, unless it was taken back since.

    Raises NotFoundError, TooLateError.
    """
    invitation = await known.invitations.get(str(invitation_id))
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
    details = await known.details.get(str(invitation.state.participant_id))
    anew = {*given} & {*details.needs_dropped} if details else set[str]()
    if told == invitation and not anew:
        return NOTHING
    told = replace(told, needs_told=invitation.needs_told + 1)
    again = (known.details.keep(_having_again(details, anew)),) if details and anew else ()
    writes: tuple[Write, ...] = (known.invitations.keep(told), *again)
    news = replace(said, call_me=said.call_me and not invitation.call_me)
    return Changes(writes, (_given(told, given, news, facts),))


def _given(
    told: InvitationView, needs: tuple[str, ...], said: Said, facts: Facts
) -> ReplyNeedsGiven:
    return ReplyNeedsGiven(
        **facts.started(told.hub, correlation_id=told.correlation_id, causation_id=told.event_id),
        subject=told.id,
        sequence=told.needs_told,
        data=NeedsState(
            invitation_id=told.state.invitation_id,
            participant_id=told.state.participant_id,
            by_phone=said.by_phone,
            needs=needs,
            call_me=said.call_me,
        ),
    )


def _having_again(details: DetailsView, anew: Collection[str]) -> DetailsView:
    """Return the details with needs that were taken back standing again."""
    return replace(
        details,
        needs=tuple(dict.fromkeys((*details.needs, *sorted(anew)))),
        needs_dropped=tuple(each for each in details.needs_dropped if each not in anew),
    )
