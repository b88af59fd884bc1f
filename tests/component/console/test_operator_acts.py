"""What operators do with `wlc`, and what nobody of staff did, stands in the audit trail."""

from typing import Any
from uuid import UUID

import pytest

from services.console.ports import OperatorAct, Role
from shared.contracts.matches import MatchApproved, MatchProposed
from shared.contracts.participants import ParticipantRegistered
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

READ = {"what": "dead_letter_read", "about": ["intake/33c9ee59", "intake/sha256:0f"]}


async def test_an_operators_act_is_written_down_for_each_object_and_leads_read_it() -> None:
    console = ConsoleInMemory()
    async with console.scripted() as script:
        written = await script.post("/v1/audit", json=READ)
        rows = (await script.get("/v1/audit", params={"what": "dead_letter_read"})).json()

    assert (written.status_code, written.json()) == (201, {"rows": 2})
    assert {(row["who"], row["about"]) for row in rows} == {
        ("amina", "intake/33c9ee59"),
        ("amina", "intake/sha256:0f"),
    }


@pytest.mark.parametrize("act", OperatorAct)
async def test_every_act_of_an_operator_can_be_written_down(act: OperatorAct) -> None:
    console = ConsoleInMemory()

    async with console.scripted() as script:
        written = await script.post("/v1/audit", json={"what": act.value, "about": ["x"]})

    assert written.status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"what": "looked_at_person"},
        {"what": "signed_in"},
        {"about": []},
        {"about": ["x"] * 101},
        {"about": ["Ann Lee"]},
        {"about": [""]},
        {"who": "ben"},
    ],
)
async def test_nothing_else_is_written_down_and_nobody_elses_name(changes: dict[str, Any]) -> None:
    console = ConsoleInMemory()

    async with console.scripted() as script:
        answer = await script.post("/v1/audit", json={**READ, **changes})

    assert answer.status_code == 422
    assert not console.stored.audited


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR, Role.LEAD])
async def test_only_operators_write_it_down(role: Role) -> None:
    console = ConsoleInMemory()
    console.employ(a_member("kim", roles=(role,), token="st_kim"))

    async with console.scripted("st_kim") as script:
        answer = await script.post("/v1/audit", json=READ)

    assert answer.status_code == 403


@pytest.mark.parametrize(("by", "rows"), [("automatic", 1), ("amina", 0)])
async def test_a_panel_that_was_approved_without_staff_stands_there_too(by: str, rows: int) -> None:
    console, match = ConsoleInMemory(), an_event(MatchProposed)
    approved = an_event(MatchApproved)
    decided = approved.data.model_copy(update={"by": by, "match": match.data})

    await console.hear(match, approved.model_copy(update={"data": decided}))

    noted = [
        row
        for row in console.stored.audit.entities.values()
        if row.what == "match_approved_automatically"
    ]
    assert [(row.who, row.about) for row in noted] == [
        ("automatic", str(match.data.match_id))
    ] * rows


async def test_what_is_done_to_a_person_is_read_by_leads_of_the_persons_hub() -> None:
    console, who = ConsoleInMemory(), UUID("6f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a11")
    about = {"subject": str(who), "hub": "lambeth"}
    await console.hear(an_event(ParticipantRegistered, data={"participant_id": who}, **about))
    console.employ(
        a_member("kim", roles=(Role.LEAD,), hubs=("lambeth",), token="st_kim"),
    )
    act = {"what": "person_key_changed", "about": [str(who), "intake/33c9ee59"]}

    async with console.scripted() as script:
        await script.post("/v1/audit", json=act)
    async with console.scripted("st_kim") as script:
        rows = (await script.get("/v1/audit")).json()

    assert [(row["what"], row["about"]) for row in rows] == [("person_key_changed", str(who))]
