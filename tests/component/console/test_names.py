"""Who a person is called on staff pages: a code until they said yes, then their reference."""

import re
from uuid import uuid4

import pytest

from services.console.use_cases.naming import pseudonym
from shared.contracts.matches import MatchProposed
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.participants import ParticipantErased
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationIssued,
    SessionAnnounced,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

PROPOSED = an_event(MatchProposed)
PAGE = f"/matches/{PROPOSED.data.match_id}"
ANN = PROPOSED.data.panel[0]
CODE = pseudonym(str(PROPOSED.data.engagement_id), str(ANN.participant_id))
HERS = {"participant_id": ANN.participant_id, "participant_reference": ANN.participant_reference}


async def shown(console: ConsoleInMemory, path: str = PAGE) -> str:
    async with console.signed_in() as browser:
        return (await browser.get(path)).text


async def test_nobody_of_a_proposed_panel_is_named_by_reference() -> None:
    console = ConsoleInMemory()
    await console.hear(PROPOSED)

    page = await shown(console)

    members = (*PROPOSED.data.panel, *PROPOSED.data.reserves)
    assert [each for each in members if each.participant_reference in page] == []
    assert CODE in page
    assert len(set(re.findall(r"Person [2-9B-Z]{4}", page))) == len(members)


async def test_a_code_stays_the_same_when_the_panel_is_drawn_again() -> None:
    console = ConsoleInMemory()
    await console.hear(
        an_event(MatchProposed, data={"panel": PROPOSED.data.panel[:1], "seed": 4}, sequence=3)
    )

    assert CODE in await shown(console)


@pytest.mark.parametrize(
    ("kind", "is_named"),
    [(InvitationIssued, False), (InvitationAccepted, True), (InvitationDeclined, False)],
)
async def test_a_person_is_named_by_reference_once_they_said_yes(
    kind: type[InvitationIssued], *, is_named: bool
) -> None:
    console = ConsoleInMemory()
    await console.hear(PROPOSED, an_event(kind, data=HERS))

    page = await shown(console)

    assert (ANN.participant_reference in page, CODE in page) == (is_named, not is_named)


async def test_a_yes_by_the_link_names_the_person_at_once() -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued, data=HERS)
    await console.hear(PROPOSED, issued)

    async with console.visited() as browser:
        await browser.post(console.link(issued.data.invitation_id), data={"answer": "yes"})

    assert ANN.participant_reference in await shown(console)


async def test_a_hub_can_have_people_named_before_they_said_yes() -> None:
    console = ConsoleInMemory(named_before_yes=frozenset({"west-london"}))
    await console.hear(PROPOSED)

    page = await shown(console)

    assert ANN.participant_reference in page
    assert CODE not in page


async def test_a_session_names_only_who_is_coming() -> None:
    console = ConsoleInMemory()
    session = an_event(SessionAnnounced)
    first, second = session.data.attendees[:2]
    coming = first.model_copy(update={"answer": "accepted"})
    silent = second.model_copy(update={"answer": "invited"})
    await console.hear(an_event(SessionAnnounced, data={"attendees": [coming, silent]}))

    page = await shown(console, f"/sessions/{session.data.session_id}")

    assert coming.participant_reference in page
    assert silent.participant_reference not in page


async def test_a_message_names_who_has_not_said_yes_only_when_staff_must_see_to_it() -> None:
    console = ConsoleInMemory()
    of_engagement = {
        "engagement_id": PROPOSED.data.engagement_id,
        "invitation_id": an_event(InvitationIssued).data.invitation_id,
    }
    kinds = {NotificationSent: "S-1", NotificationFailed: "S-2", NotificationCallNeeded: "S-3"}
    people = dict(zip(kinds, (ANN.participant_id, uuid4(), uuid4()), strict=True))
    for kind, reference in kinds.items():
        whom = {"participant_id": people[kind], "participant_reference": reference}
        await console.hear(an_event(kind, data={**of_engagement, **whom}))

    before = await shown(console, "/messages")
    await console.hear(an_event(InvitationAccepted, data=HERS))
    after = await shown(console, "/messages")

    assert [each for each in kinds.values() if each in before] == ["S-2", "S-3"]
    assert CODE in before
    assert [each for each in kinds.values() if each in after] == ["S-1", "S-2", "S-3"]


async def test_who_was_erased_is_called_erased() -> None:
    console = ConsoleInMemory()
    await console.hear(
        PROPOSED, an_event(ParticipantErased, data={"participant_id": ANN.participant_id})
    )

    page = await shown(console)

    assert "erased" in page
    assert CODE not in page


async def test_scripts_are_told_references_as_before() -> None:
    console = ConsoleInMemory()
    await console.hear(PROPOSED)

    async with console.scripted() as script:
        [match] = (await script.get("/v1/matches")).json()

    assert match["panel"][0]["participant_reference"] == ANN.participant_reference
    assert match["panel"][0]["by_staff"] is False
