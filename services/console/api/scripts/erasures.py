"""What `wlc erase` asks of the console: who somebody is, to forget them, and who has done so."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.scripts.router import NOT_JSON, script_router
from services.console.ports import ErasureView, Right
from services.console.use_cases.ordered_erasures import erasure_of, order_erasure
from services.console.use_cases.people import (
    look_at_participant,
    look_for_people,
    people_called,
)
from shared.contracts.participants import ContactCard, ParticipantStatus
from shared.errors import NotFoundError


class Called(BaseModel):
    """What a publisher calls somebody."""

    reference: Annotated[str, Field(min_length=1, max_length=128)]


class KnownPerson(BaseModel):
    """Somebody who is called by a reference."""

    participant_id: str
    hub: str
    status: ParticipantStatus


class Confirmed(BaseModel):
    """When a service has forgotten somebody, and how many documents went, by collection."""

    at: datetime
    changed: dict[str, int]


class Erasure(BaseModel):
    """Who was to be forgotten when, which services have confirmed it, and which have not."""

    participant_id: str
    hub: str
    asked_at: datetime | None
    confirmed: dict[str, Confirmed]
    missing: tuple[str, ...]


class ErasureScripts:
    """`/v1/people` and `/v1/erasures`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = script_router()
        identify = for_staff(self._parts, Right.IDENTIFY)
        operate = for_staff(self._parts, Right.OPERATE)
        one, erasure = "/people/{participant_id}", "/erasures/{participant_id}"
        for method, path, answer, rule, summary in (
            ("POST", "/people", self.people, identify, "Whom a publisher calls so"),
            ("POST", f"{one}/card", self.card, identify, "Who somebody is; it is written down"),
            ("GET", erasure, self.erasure, operate, "Who has confirmed an erasure"),
        ):
            router.add_api_route(
                path,
                answer,
                methods=[method],
                summary=summary,
                responses=NOT_JSON if path == "/people" else {},
                dependencies=rule,
            )
        router.add_api_route(
            f"{one}/erase",
            self.erase,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            summary="Have somebody forgotten for good",
            dependencies=operate,
        )
        return router

    async def people(self, request: Request, asked: Called) -> list[KnownPerson]:
        """Everybody of your hubs whom a publisher calls so; nobody who was erased.

        A reference may tell who somebody is: it stands in no address, which proxies log. That you
        looked is written down first, without it.
        """
        parts, staff = self._parts, staff_of(request)
        look = partial(look_for_people, asked.reference, staff, parts.known, parts.facts)
        await parts.change(look)
        return [
            KnownPerson(participant_id=each.id, hub=each.hub, status=each.status)
            for each in await people_called(asked.reference, staff, parts.known)
        ]

    async def card(self, request: Request, participant_id: str) -> ContactCard:
        """Name and contacts; that you looked is written down first."""
        parts, staff = self._parts, staff_of(request)
        look = partial(look_at_participant, participant_id, staff, parts.known, parts.facts)
        await parts.change(look)
        contact = await parts.known.contacts.get(participant_id)
        card = await parts.opener.open(contact.sealed) if contact and contact.sealed else None
        if card is None:
            raise NotFoundError("nothing that can be opened has arrived of this person")
        return card.model_copy(update={"stays_away_from": None})

    async def erase(self, request: Request, participant_id: str) -> Erasure:
        """Every service is told to forget the person. There is no way back."""
        parts, staff = self._parts, staff_of(request)
        await parts.change(partial(order_erasure, participant_id, staff, parts.known, parts.facts))
        return _shown(await erasure_of(participant_id, staff, parts.known))

    async def erasure(self, request: Request, participant_id: str) -> Erasure:
        """Which services have confirmed it, when, and what is still missing."""
        staff = staff_of(request)
        return _shown(await erasure_of(participant_id, staff, self._parts.known))


def _shown(view: ErasureView) -> Erasure:
    return Erasure(
        participant_id=view.id,
        hub=view.hub,
        asked_at=view.asked_at,
        confirmed={
            service: Confirmed(at=each.at, changed=dict(each.changed))
            for service, each in view.confirmed.items()
        },
        missing=view.missing,
    )
