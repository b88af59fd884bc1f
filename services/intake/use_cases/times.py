"""When people can come: as publishers say, and as they say themselves by their own link."""

from dataclasses import replace

from services.intake.domain.availability import (
    Availability,
    Days,
    WeeklySlot,
    merged,
    read_availability,
)
from services.intake.domain.consents import Ledger
from services.intake.domain.people import ACTIVE, ERASED, OwnTimes, Participant
from services.intake.domain.reminders import ReminderTime
from services.intake.ports import Desk
from services.intake.use_cases.cases import Case, Effect
from services.intake.use_cases.ledgers import ledger_of, stored
from services.intake.use_cases.states import person_event
from shared.changes import NOTHING, Changes
from shared.contracts import participants
from shared.contracts.participants import ParticipantUpdated, ReplyAvailabilityGiven
from shared.errors import NotFoundError
from shared.facts import Header

IN_THEIR_OWN_WORDS = (
    "This person said later, by their own link, when they can come: that stands. What was sent is"
    " kept beside it."
)


async def take_availability(case: Case) -> Effect | None:
    """Note when a known person can come from now on."""
    times = read_availability(case.form.form("availability"), case.report)
    person, news = await case.person(), case.news()
    is_late = person is not None and (
        person.is_later_than(news) or person.has_later_times_than(news)
    )
    if person and person.status != ACTIVE and not is_late:
        sentence = "This person is no longer part of the collaborative."
        case.report.fault("/data/reference", "left", sentence)
    if person is None or case.report.faults:
        return None
    after = person.having_times_sent(case.orders_from or case.desk.facts.now())
    if is_late:
        return Effect(case.overtaken(person.id).aggregate_id, await kept(case, person, after))
    profile = replace(person.profile, availability=times)
    after = replace(after.having_heard_times(news), profile=profile)
    if after.goes_by_own_times:
        case.report.note(IN_THEIR_OWN_WORDS)
    return Effect(person.id, await kept(case, person, after))


async def kept(
    case: Case, before: Participant, after: Participant, ledger: Ledger | None = None
) -> Changes:
    """Keep the person, and what was added to their ledger; of who has left nobody is told."""
    if after == before and not (ledger and ledger.added):
        return NOTHING
    ledger = ledger or await ledger_of(after, case.desk)
    kept = stored(after, ledger, case.desk)
    if after.status != ACTIVE:
        return kept
    told = person_event(after, case.head(), ledger)
    return kept + Changes((), (ParticipantUpdated(**told),))


async def hear_own_times(event: ReplyAvailabilityGiven, desk: Desk) -> Changes:
    """Keep what a person said by their own link; nothing else of them changes.

    It is kept also of who has left, who may come back. Raises NotFoundError.
    """
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    known = person.own_times
    if person.status == ERASED or (known and event.sequence <= known.sequence):
        return NOTHING
    after = replace(person, own_times=_own_times(event))
    kept = Changes((desk.participants.keep(after),))
    if person.status != ACTIVE:
        return kept
    header: Header = {**desk.facts.caused_by(event), "hub": person.hub}
    told = person_event(after, header, await ledger_of(after, desk))
    return kept + Changes((), (ParticipantUpdated(**told),))


def _own_times(event: ReplyAvailabilityGiven) -> OwnTimes:
    given, reminders = event.data.availability, event.data.reminders
    return OwnTimes(
        sequence=event.sequence,
        said_at=event.time,
        availability=Availability(
            weekly=_slots(given.weekly),
            away=tuple(Days(each.start, each.end) for each in given.away),
            hard=_slots(given.hard),
            term_time_only=given.term_time_only,
        ),
        reminders=None
        if reminders is None
        else tuple(ReminderTime(each.days_before, each.at) for each in reminders),
    )


def _slots(slots: tuple[participants.WeeklySlot, ...]) -> tuple[WeeklySlot, ...]:
    return merged(WeeklySlot(each.day.value, each.start, each.end) for each in slots)
