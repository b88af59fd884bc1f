"""An operator has somebody forgotten by a script, and sees who has confirmed it."""

from uuid import UUID

import pytest

from services.console.ports import Role
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.own_details import ReplyErasureAsked
from shared.contracts.participants import (
    ContactCard,
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantRegistered,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

HUB = "west-london"
WHO = UUID("6f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a11")
HERS = f"/v1/people/{WHO}"


async def a_console(*roles: Role) -> ConsoleInMemory:
    console = ConsoleInMemory()
    console.employ(a_member(roles=roles or (Role.LEAD, Role.OPERATOR)))
    console.opener.cards[str(WHO)] = ContactCard(
        display_name="Hodan Ali", address_as="Ms Ali", contacts=()
    )
    state = {"participant_id": WHO, "references": [{"publisher": "nwl-trust", "reference": "P-7"}]}
    about = {"subject": str(WHO), "hub": HUB}
    await console.hear(
        an_event(ParticipantRegistered, data=state, **about),
        an_event(ParticipantContactChanged, data={"participant_id": WHO}, **about),
    )
    return console


async def test_a_person_is_found_by_reference_and_who_they_are_is_written_down_first() -> None:
    console = await a_console()

    async with console.scripted() as script:
        found = (await script.post("/v1/people", json={"reference": "P-7"})).json()
        card = await script.post(f"{HERS}/card")

    assert found == [{"participant_id": str(WHO), "hub": HUB, "status": "active"}]
    assert card.json()["display_name"] == "Hodan Ali"
    assert console.stored.audited == [
        ("amina", "looked_for_person", str(WHO)),
        ("amina", "looked_at_person", str(WHO)),
    ]


async def test_a_look_for_somebody_is_written_down_where_nobody_is_found_and_never_by_what() -> (
    None
):
    console = await a_console()

    async with console.scripted() as script:
        found = await script.post("/v1/people", json={"reference": "P-unknown"})
        by_address = await script.get("/v1/people", params={"reference": "P-7"})

    assert (found.json(), by_address.status_code) == ([], 405)
    assert console.stored.audited == [("amina", "looked_for_person", "amina")]


async def test_an_erasure_is_asked_for_written_down_and_followed() -> None:
    console = await a_console()

    async with console.scripted() as script:
        before = (await script.get(f"/v1/erasures/{WHO}")).json()
        first = await script.post(f"{HERS}/erase")
        gone = an_event(ParticipantErased, data={"participant_id": WHO}, subject=str(WHO))
        said = {"participant_id": WHO, "service": "matching", "changed": {"candidates": 1}}
        await console.hear(gone, an_event(ErasureConfirmed, data=said))
        after = (await script.get(f"/v1/erasures/{WHO}")).json()
        card = await script.post(f"{HERS}/card")

    [asked] = console.said(ReplyErasureAsked)
    assert (asked.data.participant_id, asked.hub) == (WHO, HUB)
    assert ("amina", "erasure_ordered", str(WHO)) in console.stored.audited
    assert (before["asked_at"], before["confirmed"], first.status_code) == (None, {}, 202)
    assert after["confirmed"]["matching"]["changed"] == {"candidates": 1}
    assert after["missing"] == ["intake", "scheduling", "notification", "console"]
    assert card.status_code == 404


async def test_it_is_asked_for_again_until_the_person_is_forgotten() -> None:
    """The first time may lie with the dead letters, or be gone from there."""
    console = await a_console()
    gone = an_event(ParticipantErased, data={"participant_id": WHO}, subject=str(WHO))

    async with console.scripted() as script:
        await script.post(f"{HERS}/erase")
        await script.post(f"{HERS}/erase")
        await console.hear(gone)
        await script.post(f"{HERS}/erase")

    first, second = console.said(ReplyErasureAsked)
    assert first.id != second.id


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.LEAD, "POST", f"{HERS}/erase", 403),
        (Role.LEAD, "GET", f"/v1/erasures/{WHO}", 403),
        (Role.OPERATOR, "POST", f"{HERS}/card", 403),
        (Role.OPERATOR, "POST", f"/v1/people/{UUID(int=1)}/erase", 404),
    ],
)
async def test_who_forgets_people_need_not_know_who_they_are_and_the_other_way_round(
    role: Role, method: str, path: str, status: int
) -> None:
    console = await a_console(role)

    async with console.scripted() as script:
        answer = await script.request(method, path)

    assert answer.status_code == status
    assert console.said(ReplyErasureAsked) == []
