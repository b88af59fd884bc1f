"""Staff put somebody on a panel whom its match need not name, by their reference."""

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.console.use_cases.match_people import pair_id
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchChangeRequested, MatchProposed, PersonChange
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
)
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationIssued,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

PROPOSED = an_event(MatchProposed)
PAGE = f"/matches/{PROPOSED.data.match_id}"
ANN, BEN, *_ = PROPOSED.data.panel
SEQUENCE = str(PROPOSED.sequence)
OTHER = "0b5c5b1e-6f0e-4f0a-9d6f-0c1f6f0a7b52"
PUBLISHER = an_event(EngagementPublished).data.publisher


async def a_console() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(PROPOSED)
    return console


def invited(kind: type[Any], **data: Any) -> Any:
    """Tell of an invitation of somebody whom the match does not name."""
    return an_event(kind, data={"participant_id": OTHER, **data})


def somebody(
    who: str = OTHER,
    kind: type[Any] = ParticipantRegistered,
    hub: str = "west-london",
    **called: str,
) -> Any:
    """Tell of a person by the references that publishers gave them."""
    references = [
        {"publisher": publisher.replace("_", "-"), "reference": reference}
        for publisher, reference in (called or {"nwl_trust": "NWL-77"}).items()
    ]
    return an_event(kind, hub=hub, data={"participant_id": who, "references": references})


async def put(
    browser: httpx.AsyncClient, reference: str, *, sequence: str = SEQUENCE
) -> httpx.Response:
    data = {"sequence": sequence, "reference": reference}
    return await browser.post(f"{PAGE}/panel", data=data)


@pytest.mark.parametrize("reference", ["NWL-77", " C-9 "])
async def test_staff_put_somebody_on_the_panel_whom_the_match_does_not_name(reference: str) -> None:
    console = await a_console()
    await console.hear(somebody(nwl_trust="NWL-77", collaborative="C-9"))

    async with console.signed_in() as browser:
        before = await browser.get(PAGE)
        done = await put(browser, reference)
        page = await browser.get(PAGE)

    [event] = console.said(MatchChangeRequested)
    assert 'for="reference"' in before.text
    assert done.status_code == 303
    assert (event.data.change, str(event.data.participant_id)) == (PersonChange.PIN, OTHER)
    assert (event.subject, event.sequence) == (pair_id(PROPOSED.data.match_id, UUID(OTHER)), 1)
    assert console.stored.audited[-1][1:] == (
        "person_put_on_panel",
        f"{PROPOSED.data.match_id} {OTHER}",
    )
    assert "Not yet" in page.text[page.text.index("Changes by staff") :]
    assert "NWL-77" not in page.text
    assert "C-9" not in page.text


def refusal(page: httpx.Response) -> str:
    """Return what is said both above the page and at the field."""
    [summary] = re.findall(r'<a href="#reference">(.*?)</a>', page.text)
    [at_field] = re.findall(
        r'<span class="nhsuk-error-message" id="reference-error">(.*?)</span>\n',
        page.text,
        re.DOTALL,
    )
    assert summary in at_field
    return str(summary)


@pytest.mark.parametrize("reference", ["NWL-78", "erased", "NWL"])
async def test_a_reference_that_nobody_has_is_told_as_such(reference: str) -> None:
    console = await a_console()
    await console.hear(somebody(), somebody(str(ANN.participant_id)))
    await console.hear(an_event(ParticipantErased, data={"participant_id": ANN.participant_id}))

    async with console.signed_in() as browser:
        refused = await put(browser, reference)

    assert refused.status_code == 409
    assert "Nobody in this hub has this reference" in refusal(refused)
    assert f'value="{reference}"' in refused.text
    assert "<title>Error: " in refused.text
    assert console.said(MatchChangeRequested) == []


@pytest.mark.parametrize("reference", ["", "  "])
async def test_a_reference_that_was_not_entered_is_asked_for(reference: str) -> None:
    console = await a_console()
    nameless = an_event(ParticipantRegistered, data={"participant_id": OTHER, "references": []})
    await console.hear(nameless)

    async with console.signed_in() as browser:
        refused = await put(browser, reference)

    assert refusal(refused) == "Enter the reference of the person"
    assert console.said(MatchChangeRequested) == []


async def test_a_person_of_another_hub_is_told_as_nobody() -> None:
    console = await a_console()
    await console.hear(somebody(hub="lambeth"))
    console.employ(a_member(hubs=("west-london", "lambeth")))

    async with console.signed_in() as browser:
        refused = await put(browser, "NWL-77")

    assert "Nobody in this hub has this reference" in refusal(refused)
    assert console.said(MatchChangeRequested) == []


async def test_who_left_is_not_put_on_the_panel_by_reference() -> None:
    console = await a_console()
    await console.hear(somebody(kind=ParticipantLeft))

    async with console.signed_in() as browser:
        refused = await put(browser, "NWL-77")

    assert "This person has left" in refusal(refused)
    assert console.said(MatchChangeRequested) == []


@pytest.mark.parametrize("kind", [InvitationIssued, InvitationAccepted])
async def test_who_holds_a_place_is_not_put_on_the_panel_by_reference(kind: type[Any]) -> None:
    console = await a_console()
    await console.hear(somebody(), invited(kind))

    async with console.signed_in() as browser:
        refused = await put(browser, "NWL-77")

    assert "holds a place" in refusal(refused)
    assert console.said(MatchChangeRequested) == []


async def test_who_said_no_can_be_put_on_the_panel_by_reference() -> None:
    console = await a_console()
    await console.hear(somebody(), invited(InvitationDeclined, asked=2))

    async with console.signed_in() as browser:
        done = await put(browser, "NWL-77")

    [event] = console.said(MatchChangeRequested)
    assert done.status_code == 303
    assert event.data.asked == 2


async def test_the_publisher_of_the_engagement_decides_whom_a_reference_means() -> None:
    console = await a_console()
    theirs = somebody(nwl_trust="7")
    await console.hear(
        an_event(EngagementPublished), theirs, somebody(str(BEN.participant_id), brent="7")
    )

    async with console.signed_in() as browser:
        await put(browser, "7")

    [event] = console.said(MatchChangeRequested)
    assert PUBLISHER == "nwl-trust"
    assert str(event.data.participant_id) == OTHER


async def test_a_reference_of_two_people_by_other_publishers_puts_nobody_on_the_panel() -> None:
    console = await a_console()
    await console.hear(
        an_event(EngagementPublished),
        somebody(ealing="7"),
        somebody(str(BEN.participant_id), brent="7"),
    )

    async with console.signed_in() as browser:
        refused = await put(browser, "7")

    assert "More than one person" in refusal(refused)
    assert console.said(MatchChangeRequested) == []


async def test_nobody_is_put_on_a_panel_that_moved_on_or_was_decided_or_is_another_hubs() -> None:
    console = await a_console()
    console.employ(a_member("ben", hubs=("lambeth",)))
    await console.hear(somebody())

    async with console.signed_in() as browser:
        moved_on = await put(browser, "NWL-77", sequence="1")
        await browser.post(PAGE, data={"sequence": SEQUENCE, "choice": "approve"})
        decided = await put(browser, "NWL-77")
    async with console.signed_in("ben") as browser:
        elsewhere = await put(browser, "NWL-77")

    assert "This match changed while you looked" in moved_on.text
    assert "does not wait for a decision any more" in decided.text
    assert 'for="reference"' not in decided.text
    assert elsewhere.status_code == 404
    assert console.said(MatchChangeRequested) == []


async def test_a_draw_that_could_not_follow_says_that_the_person_is_not_on_the_panel() -> None:
    console = await a_console()
    await console.hear(somebody())
    async with console.signed_in() as browser:
        await put(browser, "NWL-77")
        followed = ({"participant_id": OTHER, "sequence": 1},)
        drawn = an_event(MatchProposed, data={"followed": followed})
        await console.hear(drawn.model_copy(update={"sequence": PROPOSED.sequence + 1}))

        page = await browser.get(PAGE)

    changes = page.text[page.text.index("Changes by staff") :]
    assert "Not on the panel: they do not meet what is asked" in changes
    assert "Not yet" not in changes


async def test_staff_are_told_who_of_a_panel_is_invited_by_their_approval_and_who_was() -> None:
    console = await a_console()
    await console.hear(invited(InvitationAccepted, participant_id=str(ANN.participant_id)))

    async with console.signed_in() as browser:
        page = await browser.get(PAGE)

    assert "The other 1 was invited already and hears nothing new." in page.text
