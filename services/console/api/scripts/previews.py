"""Messages before they are sent, for scripts: `wlc messages preview` reads them here."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.scripts.router import NOT_JSON, script_router
from services.console.ports import PreviewView, Right
from services.console.use_cases.previews import (
    About,
    OtherSubjectError,
    Stage,
    Wanted,
    ask_for_preview,
    stage_of,
)
from services.console.use_cases.sign_in import Visitor
from shared.contracts.previews import Form, PreviewPart
from shared.errors import NotFoundError


class PreviewAsked(BaseModel):
    """A message to look at: about what is named, else about the newest of its sort.

    With `hub`, only something of that hub will do.
    """

    kind: Annotated[str, Field(min_length=1, max_length=60)]
    form: Form = Form.EMAIL
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    point_size: Annotated[int, Field(ge=12, le=28)] = 14
    discreet: bool = False
    hub: str | None = None
    invitation_id: UUID | None = None
    match_id: UUID | None = None
    session_id: UUID | None = None

    def wanted(self) -> Wanted:
        """Return it in the use case's words. Raises OtherSubjectError for two subjects."""
        ids = {
            About.INVITATION: self.invitation_id,
            About.MATCH: self.match_id,
            About.SESSION: self.session_id,
        }
        named = {about: each for about, each in ids.items() if each}
        if len(named) > 1:
            raise OtherSubjectError("a message is about one thing")
        about, about_id = next(iter(named.items()), (None, None))
        return Wanted(
            kind=self.kind,
            form=self.form,
            language=self.language,
            point_size=self.point_size,
            discreet=self.discreet,
            about=about,
            about_id=about_id,
        )


class Preview(BaseModel):
    """A message as it would be written; `[name]` stands for the person.

    A part's content is text, or base64 where its media type is not text. `fault` says why it could
    not be written. Without a reviewed translation `is_translated` is false, and it is in English.
    """

    preview_id: UUID
    hub: str
    stage: Stage
    asked_by: str
    asked_at: datetime
    kind: str
    form: Form
    language: str
    subject: str = ""
    parts: tuple[PreviewPart, ...] = ()
    is_translated: bool = True
    fault: str | None = None


class PreviewScripts:
    """`/v1/previews`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def router(self) -> APIRouter:
        """Return the addresses."""
        router, act = script_router(), for_staff(self._parts, Right.ACT)
        router.add_api_route(
            "/previews",
            self.ask,
            methods=["POST"],
            status_code=HTTPStatus.ACCEPTED,
            responses=NOT_JSON,
            dependencies=act,
            summary="Have a message written for looking at",
        )
        router.add_api_route(
            "/previews/{preview_id}",
            self.show,
            dependencies=act,
            summary="A message as it would be written",
        )
        return router

    async def ask(self, request: Request, asked: PreviewAsked) -> Preview:
        """Ask notification to write it; look for it under its id from then on, for a day."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        within = replace(staff, hubs=tuple(h for h in staff.hubs if asked.hub in {None, h}))
        preview_id = facts.new_id()
        work = partial(ask_for_preview, preview_id, asked.wanted(), within, known, facts)
        await self._parts.change(work)
        return await self.show(request, preview_id)

    async def show(self, request: Request, preview_id: UUID) -> Preview:
        """Tell how far it is, with all its parts once it is written."""
        preview = await find_preview(preview_id, staff_of(request), self._parts)
        return _shape(preview, self._parts.facts.now())


async def find_preview(preview_id: UUID, staff: Visitor, parts: Parts) -> PreviewView:
    """Return a preview of the visitor's hubs. Raises NotFoundError."""
    preview = await parts.known.previews.get(str(preview_id))
    if preview is None or preview.hub not in staff.hubs:
        raise NotFoundError("no such preview")
    return preview


def _shape(preview: PreviewView, now: datetime) -> Preview:
    wanted, rendered = preview.wanted, preview.rendered
    written = rendered.model_dump(exclude={"preview_id", "kind", "form"}) if rendered else {}
    return Preview(
        preview_id=wanted.preview_id,
        hub=preview.hub,
        stage=stage_of(preview, now),
        asked_by=preview.asked_by,
        asked_at=preview.asked_at,
        kind=wanted.kind,
        form=wanted.form,
        language=wanted.language,
        **written,
    )
