"""A participant says when they can come, on their own page."""

import re
from datetime import date, time, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.api.participants.times_form import Shown, TimesForm, filled_in, read
from services.console.ports import TimesView
from services.console.use_cases.times import PARTS, Given
from shared.contracts.participants import (
    Availability,
    DateRange,
    Day,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
    ReminderTime,
    ReplyAvailabilityGiven,
    WeeklySlot,
)
from shared.contracts.sessions import InvitationIssued
from tests.builders.console import BEFORE_THE_SAMPLES_END, ConsoleInMemory
from tests.builders.events import an_event

ISSUED = an_event(InvitationIssued)
WHO = ISSUED.data.participant_id
FORM: dict[str, Any] = {
    "can": ["tue-morning", "tue-afternoon"],
    "hard": ["mon-evening"],
    "term_time_only": "yes",
    "away_from": ["2026-12-21", "", ""],
    "away_to": ["2027-01-03", "", ""],
    "remind": "own",
    "remind_days": ["2", "", ""],
    "remind_at": ["18:00", "", ""],
}


async def invited() -> tuple[ConsoleInMemory, str]:
    console, issued = ConsoleInMemory(), an_event(InvitationIssued)
    await console.hear(issued)
    return console, f"{console.link(issued.data.invitation_id)}/times"


by_day = st.integers(8 * 60, 20 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))


def of_them(kind: Any, **changes: Any) -> Any:
    """What intake says of the invited person."""
    data = {"participant_id": WHO} | changes.pop("data", {})
    return an_event(kind, data=data, subject=str(WHO), **changes)


def said(console: ConsoleInMemory) -> list[Any]:
    return console.said(ReplyAvailabilityGiven)


def errors(page: httpx.Response) -> list[str]:
    _, _, rest = page.text.partition('<ul class="nhsuk-list nhsuk-error-summary__list">')
    listed = rest.partition("</ul>")[0].split("<li>")[1:]
    return [each.partition('">')[2].partition("</a>")[0] for each in listed]


async def test_what_is_ticked_is_said_once_in_hours() -> None:
    console, page = await invited()

    async with console.visited() as browser:
        pressed = await browser.post(page, data=FORM)
        await browser.post(page, data=FORM)

    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{page}?kept=yes")
    [event] = said(console)
    assert (event.subject, event.sequence, event.hub) == (str(WHO), 1, ISSUED.hub)
    monday = WeeklySlot(day=Day.MON, start=time(17), end=time(21))
    assert event.data.availability == Availability(
        weekly=(
            monday,
            WeeklySlot(day=Day.TUE, start=time(9), end=time(12)),
            WeeklySlot(day=Day.TUE, start=time(12), end=time(17)),
        ),
        away=(DateRange(start=date(2026, 12, 21), end=date(2027, 1, 3)),),
        hard=(monday,),
        term_time_only=True,
    )
    assert event.data.reminders == (ReminderTime(days_before=2, at=time(18)),)


async def test_looking_changes_nothing_and_shows_what_is_known() -> None:
    console, page = await invited()
    await console.hear(of_them(ParticipantRegistered, sequence=1))

    async with console.visited() as browser:
        shown = await browser.get(page)
        await browser.head(page)

    assert said(console) == []
    assert 'value="tue-afternoon" checked' not in shown.text
    assert ">Tuesday 10am to 4pm</label>" in shown.text
    assert 'name="also_hard" id="also-hard-1" value="tue 10:00-11:00" checked' in shown.text
    assert 'value="2026-12-21"' in shown.text
    assert 'id="remind-own" value="own" checked' in shown.text


async def test_hours_known_before_stay_unless_they_are_unticked() -> None:
    console, page = await invited()
    also = {"also_can": "thu 10:00-13:00", "also_hard": "tue 10:00-11:00"}

    async with console.visited() as browser:
        await browser.post(page, data={"can": "mon-morning"} | also)
        shown = await browser.get(page)

    weekly = said(console)[0].data.availability.weekly
    assert [(each.day, f"{each.start:%H} {each.end:%H}") for each in weekly] == [
        ("mon", "09 12"),
        ("tue", "10 11"),
        ("thu", "10 13"),
    ]
    assert 'value="mon-morning" checked' in shown.text
    assert 'name="also_can" id="also-can-2" value="thu 10:00-13:00" checked' in shown.text


@given(
    st.lists(st.sampled_from(sorted(PARTS)), unique=True),
    st.lists(st.sampled_from(sorted(PARTS)), unique=True),
    st.none()
    | st.lists(
        st.builds(ReminderTime, days_before=st.integers(0, 28), at=by_day), max_size=5, unique=True
    ).map(tuple),
)
def test_what_a_form_says_is_what_it_shows_the_next_time(
    can: list[str], hard: list[str], reminders: tuple[ReminderTime, ...] | None
) -> None:
    today = date(2026, 11, 20)
    said = read(TimesForm(can=can, hard=hard), today)
    assert isinstance(said, Given)
    known = TimesView(
        id="p",
        hub="h",
        sequence=1,
        at=BEFORE_THE_SAMPLES_END,
        event_id="e",
        correlation_id="c",
        availability=said.availability,
        reminders=reminders,
    )

    again = read(filled_in(known, today).form, today)

    assert again == Given(said.availability, reminders)


typed = st.lists(
    st.text(max_size=12)
    | st.sampled_from(["٣", "12:00", "24:00", "0000-00-00", "1 1 0000", "9" * 40]),
    max_size=4,
)


@given(typed, typed, typed, typed)
def test_whatever_is_typed_is_taken_or_shown_again(
    first: list[str], last: list[str], days: list[str], at: list[str]
) -> None:
    form = TimesForm(away_from=first, away_to=last, remind="own", remind_days=days, remind_at=at)

    said = read(form, date(2026, 11, 20))

    if isinstance(said, Shown):
        assert said.faults
        assert (len(said.away), len(said.reminders)) >= (5, 3)
        assert said.days_before
        assert said.hours
    else:
        assert said.reminders


async def test_what_was_said_here_is_shown_and_counts_on_after_news_of_the_person() -> None:
    console, page = await invited()

    async with console.visited() as browser:
        await browser.post(page, data=FORM)
        kept = await browser.get(f"{page}?kept=yes")
        await console.hear(of_them(ParticipantUpdated, sequence=4))
        await browser.post(page, data=FORM)

    assert "We have kept your times" in kept.text
    assert 'value="tue-morning" checked' in kept.text
    assert 'value="mon-evening" checked' in kept.text
    assert 'value="2" selected' in kept.text
    assert [each.sequence for each in said(console)] == [1, 2]


async def test_hard_times_alone_keep_nobody_from_all_others_and_nothing_ticked_is_any_time() -> (
    None
):
    console, page = await invited()

    async with console.visited() as browser:
        await browser.post(page, data={"hard": "mon-morning", "remind": "usual"})
        await browser.post(page, data={"remind": "none"})

    mornings, nothing = (each.data for each in said(console))
    assert mornings.availability.weekly == ()
    assert [each.day for each in mornings.availability.hard] == [Day.MON]
    assert mornings.reminders is None
    assert nothing.availability == Availability()
    assert nothing.reminders == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"away_from": ["soon"]}, "Write the day like this: 24 12 2027"),
        ({"away_from": ["", "2027-02-30"]}, "Write the day like this: 24 12 2027"),
        ({"away_to": ["2027-02-03"]}, "Write the day like this: 24 12 2027"),
        (
            {"away_from": ["2027-02-03"], "away_to": ["2027-02-01"]},
            "The last day must not be before the first day",
        ),
        (
            {"away_from": ["the whole time from Christmas Eve until the 5th of January"]},
            "Write the day like this: 24 12 2027",
        ),
        ({"away_from": ["2025-12-24"]}, "These days are long over. Check the year"),
        ({"remind_days": ["2"]}, "Choose a time as well as a day"),
        ({"remind_at": ["18:00"]}, "Choose a day as well as a time"),
        ({"remind_days": ["2"], "remind_at": ["20:00"]}, "Choose a time as well as a day"),
        ({"remind_days": ["29"], "remind_at": ["18:00"]}, "Choose a day as well as a time"),
        ({}, "Choose when we should remind you, or choose no reminders"),
    ],
)
async def test_what_cannot_be_read_is_asked_for_again_and_nothing_is_lost(
    changes: dict[str, list[str]], sentence: str
) -> None:
    console, page = await invited()

    async with console.visited() as browser:
        again = await browser.post(page, data={"can": "fri-morning", "remind": "own"} | changes)

    assert again.status_code == 422
    assert errors(again) == [sentence]
    assert "<title>Error: When you can come" in again.text
    assert 'value="fri-morning" checked' in again.text
    for value in (each for values in changes.values() for each in values if each):
        assert f'value="{value}"' in again.text or value in {"29", "20:00"}
    assert said(console) == []


async def test_every_day_that_cannot_be_read_is_named_at_once() -> None:
    console, page = await invited()
    written = {"away_from": ["soon", "", "2026-12-24"], "away_to": ["later", "x", "y"]}

    async with console.visited() as browser:
        again = await browser.post(page, data=written)

    named = re.findall(r'<li><a href="#(away-\w+-\d)">', again.text)
    assert named == ["away-from-1", "away-to-1", "away-from-2", "away-to-2", "away-to-3"]


@pytest.mark.parametrize(("last", "field"), [("", "from"), ("2025-12-26", "to")])
async def test_days_of_a_past_year_are_named_at_the_field_that_was_filled_in(
    last: str, field: str
) -> None:
    console, page = await invited()

    async with console.visited() as browser:
        again = await browser.post(page, data={"away_from": "2025-12-24", "away_to": last})

    assert f'<a href="#away-{field}-1">These days are long over' in again.text


async def test_a_day_may_be_written_by_hand_and_one_day_is_enough() -> None:
    console, page = await invited()
    written = ["24/12/2026", "1.2.2027", "3 11 2026"]

    async with console.visited() as browser:
        await browser.post(page, data={"away_from": written, "away_to": ["", "02 02 2027", ""]})

    [event] = said(console)
    assert event.data.availability.away == (
        DateRange(start=date(2026, 12, 24), end=date(2026, 12, 24)),
        DateRange(start=date(2027, 2, 1), end=date(2027, 2, 2)),
    )


async def test_a_form_that_was_tampered_with_is_refused() -> None:
    console, page = await invited()

    async with console.visited() as browser:
        refused = [
            await browser.post(page, data=wrong)
            for wrong in (
                {"can": "someday"},
                {"also_can": "tue 25:00-26:00"},
                {"remind": "often"},
                {"away_from": "1" * 1_001},
            )
        ]

    assert {each.status_code for each in refused} == {400}
    assert said(console) == []


async def test_who_left_says_nothing_more() -> None:
    console, page = await invited()
    link = page.removesuffix("/times")

    async with console.visited() as browser:
        await browser.post(f"{link}/leave")
        looked, pressed = await browser.get(page), await browser.post(page, data=FORM)

    assert looked.headers["location"] == pressed.headers["location"] == link
    assert said(console) == []


async def test_of_who_left_by_another_way_only_the_count_is_kept() -> None:
    console, page = await invited()

    async with console.visited() as browser:
        await browser.post(page, data=FORM)
        await console.hear(of_them(ParticipantLeft, sequence=5))
        pressed = await browser.post(page, data=FORM)

    kept = await console.stored.known.times.get(str(WHO))
    assert kept is not None
    assert (kept.availability, kept.reminders, kept.given) == (Availability(), None, 1)
    assert pressed.status_code == 303
    assert len(said(console)) == 1


async def test_nothing_of_the_times_of_an_erased_person_stays_or_comes_back() -> None:
    console, page = await invited()

    async with console.visited() as browser:
        await browser.post(page, data=FORM)
        await console.hear(of_them(ParticipantErased, sequence=7))
        await console.hear(of_them(ParticipantUpdated, sequence=6))
        gone = await browser.get(page)

    assert await console.stored.known.times.get(str(WHO)) is None
    assert gone.status_code == 404


async def test_times_kept_while_a_person_was_erased_are_found_a_minute_later() -> None:
    console, _ = await invited()
    late = of_them(ParticipantUpdated, sequence=6)
    read_before = await console.handlers._of_event[late.TYPE](late)
    await console.hear(of_them(ParticipantErased, sequence=7))
    console.stored.commit(
        type(read_before)(
            tuple(each for each in read_before.writes if getattr(each, "collection", "") == "times")
        )
    )

    console.clock.pass_by(timedelta(minutes=2))
    await console.do_what_is_due()

    assert await console.stored.known.times.get(str(WHO)) is None


async def test_nobody_else_is_shown_when_a_person_can_come() -> None:
    console, page = await invited()
    async with console.visited() as browser:
        await browser.post(page, data=FORM)
    invitation = ISSUED.data

    async with console.scripted() as script:
        answers = [
            await script.get(path) for path in ("/v1/sessions", "/v1/matches", "/v1/messages")
        ]
    async with console.signed_in() as staff:
        pages = [
            await staff.get(path)
            for path in ("/", "/sessions", f"/engagements/{invitation.engagement_id}")
        ]

    assert all("17:00" not in each.text and "term_time" not in each.text for each in answers)
    assert all("mon-evening" not in each.text for each in pages)
