"""A person sees what became of what they took part in: who decides, by when, and what is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.sessions import InvitationAccepted, SessionAnnounced
from tests.builders.console import HELP, ConsoleInMemory
from tests.builders.events import an_event
from tests.component.console.test_details_pages import ISSUED, WHO, details, invitation, known

WORK = {"engagement_id": ISSUED.data.engagement_id}
LONG_AFTER = datetime(2027, 8, 1, tzinfo=UTC)


async def after(*, came: bool = True) -> ConsoleInMemory:
    """A console in which the sessions are over, and it was noted whether the person came."""
    console = await known()
    attendee = {
        "participant_id": WHO,
        "participant_reference": "NWL-1",
        "invitation_id": ISSUED.data.invitation_id,
        "answer": "accepted",
        "attended": came,
    }
    promised = {"decision_owner": "The ward board", "feedback_due": "2027-06-01"}
    await console.hear(
        an_event(EngagementPublished, data=WORK | promised),
        an_event(SessionAnnounced, data=WORK | {"attendees": [attendee]}),
        an_event(InvitationAccepted, sequence=2, data={"answer": "accepted"}),
    )
    console.clock.now = datetime(2027, 3, 1, tzinfo=UTC)
    return console


def figure(value: float, denominator: float | None = None, **more: Any) -> Any:
    data = {"measure": "wait", "period": "2027-05", "value": value, "denominator": denominator}
    return an_event(EngagementOutcomeRecorded, data=WORK | data, **more)


async def seen(console: ConsoleInMemory) -> str:
    async with console.visited() as browser:
        return (await browser.get(invitation(console))).text


async def test_before_anything_is_told_it_says_who_decides_and_by_when() -> None:
    page = await seen(await after())

    assert "You came to:" in page
    assert "The ward board decides what is done" in page
    assert "By Tuesday 1 June 2027 you should hear" in page


async def test_who_did_not_come_is_not_said_to_have_come() -> None:
    assert "You came to:" not in await seen(await after(came=False))


async def test_a_promise_that_was_not_kept_is_owned_up_to() -> None:
    console = await after()
    console.clock.now = LONG_AFTER

    page = await seen(console)

    assert "We have not been told of one yet, and we are sorry." in page
    assert HELP in page


async def test_what_is_told_is_shown_also_late_and_the_newest_of_a_figure_stands() -> None:
    console = await after()
    console.clock.now = LONG_AFTER
    await console.hear(figure(40, 100, sequence=2), figure(39, 100, sequence=1))

    page = await seen(console)

    assert "Wait, May 2027: 40 of 100" in page
    assert "not been told" not in page


@pytest.mark.parametrize(("value", "of"), [(3, 100), (0, 4), (4, None)])
async def test_small_numbers_are_never_shown(value: float, of: float | None) -> None:
    console = await after()
    await console.hear(figure(value, of))

    assert "Wait" not in await seen(console)


@pytest.mark.parametrize(("value", "of"), [(0, 40), (0.25, None), (12.5, None)])
async def test_shares_and_nobody_at_all_are_shown(value: float, of: float | None) -> None:
    console = await after()
    await console.hear(figure(value, of))

    assert f"Wait, May 2027: {value:g}" in await seen(console)


async def test_the_page_of_their_details_has_all_of_it() -> None:
    console = await after()
    await console.hear(figure(40, 100))

    async with console.visited() as browser:
        page = (await browser.get(details(console))).text

    assert "Where you came" in page
    assert "What became of" in page
    assert "Wait, May 2027: 40 of 100" in page
