"""A person asks for the link to their own details, corrects them, or asks to be forgotten."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.console.ports import DetailsView, InvitationView, Knowledge
from services.console.use_cases.envelope import told_by
from services.console.use_cases.erasure import erased_among
from services.console.use_cases.known_people import AnyPerson
from services.console.use_cases.replies import Reply, TooLateError, answer_invitation
from shared.changes import NOTHING, Changes
from shared.contracts.own_details import (
    ConsentWithdrawal,
    DetailsGiven,
    DetailsLinkAsked,
    ErasureAsked,
    ReplyConsentWithdrawn,
    ReplyDetailsGiven,
    ReplyDetailsLinkAsked,
    ReplyErasureAsked,
)
from shared.contracts.participants import (
    Channel,
    ContactPreference,
    Language,
    ParticipantStatus,
    SealedContact,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts, Header
from shared.links import DETAILS_OPEN_FOR

INVOLVEMENT = "involvement"
"""The purpose without which nobody takes part: who takes it back leaves."""
MOST_LINKS_A_DAY = 3
A_DAY = timedelta(days=1)
SAME_PRESS = timedelta(minutes=1)
"""A button pressed again so soon is pressed once."""


class LeftError(TooLateError):
    """Whose details these are has left, or is forgotten."""

    code = "takes-part-no-more"


class DetailsMovedOnError(RuleError):
    """Something newer was said than what whoever says this had seen."""

    code = "details-moved-on"


class TooManyLinksError(RuleError):
    """The person asked for as many links as there are in a day."""

    code = "too-many-links"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDetails:
    """What a person says of themselves. `shown` are the needs that they could have taken back.

    `seen` is how often they had said something when they were shown what is known.
    """

    sealed: SealedContact
    preferred_channel: Channel
    languages: tuple[Language, ...]
    needs: tuple[str, ...]
    shown: Collection[str]
    contact_preference: ContactPreference | None
    seen: int


async def known_details(participant_id: str, known: Knowledge) -> DetailsView:
    """Return what is known of a person who takes part. Raises NotFoundError, TooLateError.

    Of somebody who was last told of before this was kept, only what staff see is known.
    """
    person = await known.people.get(participant_id)
    if person is None:
        raise NotFoundError("nobody is known by this id yet")
    if person.status is not ParticipantStatus.ACTIVE:
        raise LeftError("the person takes part no more")
    return await known.details.get(participant_id) or DetailsView(
        id=participant_id,
        hub=person.hub,
        sequence=0,
        at=person.at,
        event_id=person.event_id,
        correlation_id=person.correlation_id,
        preferred_channel=person.preferred_channel,
        languages=tuple(
            Language(code=code, interpreter=person.interpreter) for code in person.languages
        ),
        needs=person.needs,
    )


async def ask_details_link(participant_id: str, known: Knowledge, facts: Facts) -> Changes:
    """Have the link sent. Raises NotFoundError, TooLateError, TooManyLinksError."""
    before, now = await known_details(participant_id, known), facts.now()
    lately = tuple(at for at in before.asked_at if at > now - A_DAY)
    if any(at > now - SAME_PRESS for at in lately):
        return NOTHING
    if len(lately) >= MOST_LINKS_A_DAY:
        raise TooManyLinksError("no more links today")
    after = replace(before, asked=before.asked + 1, asked_at=(*lately, now))
    event = ReplyDetailsLinkAsked(
        **_header(after, facts),
        subject=after.id,
        sequence=after.asked,
        data=DetailsLinkAsked(
            participant_id=UUID(after.id), ends_at=now.replace(microsecond=0) + DETAILS_OPEN_FOR
        ),
    )
    return Changes((known.details.keep(after),), (event,))


def give_details(before: DetailsView, said: SaidDetails, known: Knowledge, facts: Facts) -> Changes:
    """Take what a person says; the same again changes nothing. Raises DetailsMovedOnError.

    What was not shown to them they did not take back.
    """
    shown = {*said.shown} & {*before.needs}
    gone = {*before.needs_dropped} - {*before.needs}
    unseen = (each for each in before.needs if each not in shown)
    needs = tuple(dict.fromkeys((*said.needs, *unseen)))
    after = replace(
        before,
        sealed=said.sealed,
        preferred_channel=said.preferred_channel,
        languages=said.languages,
        needs=before.needs if {*needs} == {*before.needs} else needs,
        needs_dropped=tuple(sorted((gone | shown) - {*said.needs})),
        contact_preference=said.contact_preference or before.contact_preference,
    )
    if after == before:
        return NOTHING
    if said.seen < before.given:
        raise DetailsMovedOnError("something newer was said meanwhile")
    after = replace(after, given=before.given + 1)
    return Changes((known.details.keep(after),), (_given(after, said, facts),))


def _given(after: DetailsView, said: SaidDetails, facts: Facts) -> ReplyDetailsGiven:
    return ReplyDetailsGiven(
        **_header(after, facts),
        subject=after.id,
        sequence=after.given,
        data=DetailsGiven(
            participant_id=UUID(after.id),
            sealed=said.sealed,
            preferred_channel=said.preferred_channel,
            languages=said.languages,
            needs=said.needs,
            needs_dropped=after.needs_dropped,
            contact_preference=said.contact_preference,
        ),
    )


async def leave_from_details(participant_id: str, known: Knowledge, facts: Facts) -> Changes:
    """Take the person's leave, as if they gave it by their newest invitation.

    Raises NotFoundError for somebody who was never invited.
    """
    newest = await newest_invitation(participant_id, known)
    if newest is None:
        raise NotFoundError("nobody was invited by this id")
    return await answer_invitation(UUID(newest.id), Reply.LEAVE, known.invitations, facts)


async def withdraw_consent(
    participant_id: str, purpose: str, known: Knowledge, facts: Facts
) -> Changes:
    """Take back what a person agreed to; what they did not agree to changes nothing.

    Of `involvement` they leave, by a page of its own. Raises NotFoundError, TooLateError.
    """
    before = await known_details(participant_id, known)
    if purpose == INVOLVEMENT or purpose not in before.consents:
        return NOTHING
    consents = {name: each for name, each in before.consents.items() if name != purpose}
    after = replace(before, consents=consents)
    event = ReplyConsentWithdrawn(
        **_header(after, facts),
        subject=after.id,
        data=ConsentWithdrawal(participant_id=UUID(after.id), purpose=purpose),
    )
    return Changes((known.details.keep(after),), (event,))


async def newest_invitation(participant_id: str, known: Knowledge) -> InvitationView | None:
    """Return the invitation of a person that was told of last."""
    found = await known.invitations.about_person(participant_id)
    return max(found, key=lambda each: (each.at, each.id), default=None)


async def ask_erasure(participant_id: str, known: Knowledge, facts: Facts) -> Changes:
    """Ask intake to forget the person, anew each time: the last time may have been lost.

    Intake takes it as once. Raises NotFoundError.
    """
    person, details = (
        await known.people.get(participant_id),
        await known.details.get(participant_id),
    )
    if person is None:
        raise NotFoundError("nobody is known by this id yet")
    if person.status is ParticipantStatus.ERASED:
        return NOTHING
    before = details or DetailsView(
        id=person.id,
        hub=person.hub,
        sequence=0,
        at=person.at,
        event_id=person.event_id,
        correlation_id=person.correlation_id,
        preferred_channel=person.preferred_channel,
    )
    after = replace(before, wants_erasure=True)
    event = ReplyErasureAsked(
        **_header(after, facts),
        subject=after.id,
        data=ErasureAsked(participant_id=UUID(after.id)),
    )
    return Changes((known.details.keep(after),), (event,))


async def is_erasure_asked(participant_id: str, known: Knowledge) -> bool:
    """Tell whether a person asked to be forgotten, or is by now."""
    person, details = (
        await known.people.get(participant_id),
        await known.details.get(participant_id),
    )
    is_erased = person is not None and person.status is ParticipantStatus.ERASED
    return is_erased or (details is not None and details.wants_erasure)


async def know_details(event: AnyPerson, known: Knowledge) -> Changes:
    """Keep what the person may correct; of who has left only how often they said and asked.

    Intake keeps what they said, and sends it again when they come back.
    """
    person, stored = event.data, await known.details.get(str(event.data.participant_id))
    if event.is_old(stored) or await erased_among([person.participant_id], known.people):
        return NOTHING
    view = DetailsView(
        id=str(person.participant_id),
        preferred_channel=person.preferred_channel,
        **told_by(event, stored),
    )
    if person.status is ParticipantStatus.ACTIVE:
        view = replace(
            view,
            languages=person.languages,
            needs=person.needs,
            contact_preference=person.contact_preference,
            consents=person.consents,
        )
        if stored:
            view = replace(view, needs_dropped=stored.needs_dropped, sealed=stored.sealed)
    if stored:
        view = replace(
            view,
            given=stored.given,
            asked=stored.asked,
            asked_at=stored.asked_at,
            wants_erasure=stored.wants_erasure,
        )
    return Changes((known.details.keep(view),))


def _header(view: DetailsView, facts: Facts) -> Header:
    return facts.started(view.hub, correlation_id=view.correlation_id, causation_id=view.event_id)
