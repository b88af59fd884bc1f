"""People say themselves what they need."""

from dataclasses import replace

from services.intake.domain.people import ACTIVE, ERASED, Participant
from services.intake.ports import Desk
from services.intake.use_cases.ledgers import ledger_of
from services.intake.use_cases.states import person_event
from shared.changes import NOTHING, Changes
from shared.contracts.participants import ParticipantUpdated
from shared.contracts.sessions import ReplyNeedsGiven
from shared.errors import NotFoundError, RuleError
from shared.facts import Header


class UnknownNeedError(RuleError):
    """A need is not on the list of those that may be stated."""

    code = "unknown-need"


async def add_needs(event: ReplyNeedsGiven, desk: Desk) -> Changes:
    """Add what the person said they need; all else about them stays as it is.

    Needs only ever join, so that order and repetition do no harm; what a publisher sends later of
    the person does not take them away. Of who has left by now it is kept, and nobody is told.
    Raises NotFoundError, UnknownNeedError.
    """
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    if not desk.needs >= set(event.data.needs):
        raise UnknownNeedError("not a need that may be stated")
    after = _needing(person, event)
    if person.status == ERASED or after == person:
        return NOTHING
    kept = Changes((desk.participants.keep(after),))
    is_news = (after.needs_given, after.needs) != (person.needs_given, person.needs)
    if person.status != ACTIVE or not is_news:
        return kept
    header: Header = {**desk.facts.caused_by(event), "hub": person.hub}
    told = person_event(after, header, await ledger_of(after, desk))
    return kept + Changes((), (ParticipantUpdated(**told),))


def _needing(person: Participant, event: ReplyNeedsGiven) -> Participant:
    """Return the person with the needs, and when each was said last."""
    before = person.needs_given_at
    at = {each: max(event.time, before.get(each, event.time)) for each in event.data.needs}
    given = tuple(sorted({*person.needs_given, *event.data.needs}))
    return replace(person, needs_given=given, needs_given_at={**before, **at})
