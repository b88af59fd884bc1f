"""A copy of what is held on a person is permitted by the console, which writes it down first."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from services.console.ports import Role
from shared.contracts.participants import ParticipantRegistered
from shared.holding import HeldOn, holding_router
from shared.permits import HEADER, permit_door
from tests.builders.console import PERMITS, ConsoleInMemory, a_member
from tests.builders.events import an_event

HUB = "west-london"
WHO = UUID("6f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a11")
OTHER = UUID(int=7)


class Held:
    async def held_on(self, person: UUID) -> HeldOn:
        now = datetime.now(UTC)
        return HeldOn(
            service="matching",
            participant_id=person,
            read_at=now,
            looked_in=[],
            of_nobody={},
            holdings=[],
            words={},
        )


def operators(_request: Request) -> None:
    """Let everybody in."""


async def a_console(*roles: Role, hub: str = HUB) -> ConsoleInMemory:
    console = ConsoleInMemory()
    console.employ(a_member(roles=roles or (Role.LEAD,)))
    about = {"subject": str(WHO), "hub": hub}
    await console.hear(an_event(ParticipantRegistered, data={"participant_id": WHO}, **about))
    return console


async def asked(console: ConsoleInMemory) -> tuple[int, str]:
    async with console.scripted() as script:
        answer = await script.post(f"/v1/people/{WHO}/copy")
    return answer.status_code, answer.json().get("permit", "")


def shown(permit: str, person: UUID = WHO, *, of: ConsoleInMemory | None = None) -> int:
    """Return what a service answers to who shows a permit."""
    app = FastAPI()
    door = permit_door(PERMITS.checked_by, (of or ConsoleInMemory()).facts.now)
    app.include_router(holding_router(Held(), operators, door))  # type: ignore[arg-type]
    with TestClient(app) as client:
        return client.get(f"/held/{person}", headers={HEADER: permit}).status_code


async def test_a_permit_opens_what_is_held_on_that_person_alone_and_is_written_down() -> None:
    console = await a_console()

    status, permit = await asked(console)

    assert status == 201
    assert console.stored.audited == [("amina", "subject_access_made", str(WHO))]
    assert (shown(permit, of=console), shown(permit, OTHER, of=console)) == (200, 403)


@pytest.mark.parametrize("said", ["", "a", "AAAA", "A" * 112])
def test_without_a_permit_nothing_is_shown(said: str) -> None:
    assert shown(said) == 403


@pytest.mark.parametrize(
    ("roles", "hub", "refused"),
    [((Role.VIEWER,), HUB, 403), ((Role.OPERATOR,), HUB, 403), ((Role.LEAD,), "lambeth", 404)],
)
async def test_who_may_not_know_who_people_are_or_is_of_another_hub_gets_none(
    roles: tuple[Role, ...], hub: str, refused: int
) -> None:
    console = await a_console(*roles, hub=hub)

    assert await asked(console) == (refused, "")
    assert console.stored.audited == []
