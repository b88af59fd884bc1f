"""What a person ticks on their page comes, through intake, to whoever finds times for them."""

from datetime import time

from services.intake.handlers import build_handlers
from services.scheduling.domain.calendar import Hours
from services.scheduling.domain.invitations.reminders import ReminderTime
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot
from shared.contracts.participants import ParticipantUpdated, ReplyAvailabilityGiven
from shared.contracts.sessions import InvitationIssued
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.intake import HUB, event, full_person, intake, send
from tests.builders.scheduling import NOW, rules
from tests.fakes.scheduling import Stage


async def test_ticked_times_and_reminders_reach_scheduling_and_nothing_else_changes() -> None:
    door, console, stage = intake(), ConsoleInMemory(), Stage(rules(), NOW)
    joined = await send(door, event(full_person()))
    who = str(joined.submission.aggregate_id)
    registered = next(each for each in door.store.events if each.subject == who)
    issued = an_event(InvitationIssued, data={"participant_id": who}, hub=HUB)
    await console.hear(registered, issued)
    await stage.hear(registered)
    before = await attendant(stage, who)

    async with console.visited() as browser:
        page = f"{console.link(issued.data.invitation_id)}/times"
        ticked = {"can": "thu-evening", "hard": "thu-evening", "term_time_only": "yes"}
        reminded = {"remind": "own", "remind_days": "2", "remind_at": "18:00"}
        await browser.post(page, data=ticked | reminded)
    [said] = console.said(ReplyAvailabilityGiven)
    handlers = build_handlers(door.desk, door.publishers)
    await door.commits.commit(said.id, lambda: handlers._of_event[said.TYPE](said))
    told = door.store.events[-1]
    assert isinstance(told, ParticipantUpdated)
    await stage.hear(told)
    await console.hear(told)

    after = await attendant(stage, who)
    evening = (WeeklySlot(3, Hours(time(17), time(21))),)
    assert (after.weekly, after.hard, after.term_time_only) == (evening, evening, True)
    assert (after.away, after.reminders) == ((), (ReminderTime(2, time(18)),))
    kept = {"needs", "travel_km", "online", "in_person", "easting", "northing", "avoids"}
    assert {getattr(after, name) == getattr(before, name) for name in kept} == {True}
    known = await console.stored.known.times.get(who)
    assert known is not None
    assert (known.availability, known.given) == (said.data.availability, 1)


async def attendant(stage: Stage, who: str) -> Attendant:
    found = await stage.diary.attendants.get(who)
    assert found is not None
    return found
