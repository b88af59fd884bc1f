"""Messages before they are sent: staff choose one and look at it as it would be written."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Form as Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api import words
from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.scripts.previews import find_preview
from services.console.ports import Asked, InvitationView, PreviewView, Right
from services.console.use_cases.naming import naming
from services.console.use_cases.previews import (
    ABOUT,
    About,
    NothingToShowError,
    OtherSubjectError,
    UnknownKindError,
    Wanted,
    ask_for_preview,
    stage_of,
)
from services.console.use_cases.sign_in import Visitor
from shared.contracts.previews import Form
from shared.errors import NotFoundError
from shared.languages import LANGUAGES
from shared.previews import PartFile, bare, files_of

NEWEST = 50
POINT_SIZES = (14, 16, 18, 20, 24, 28)
DOWNLOADS = frozenset({"application/pdf", "text/plain"})
"""Media types that a browser is told; everything else is bytes to it."""
BYTES = "application/octet-stream"
WRONG = (UnknownKindError, OtherSubjectError, NothingToShowError, NotFoundError)
FAULTS = {
    UnknownKindError.code: "Choose a kind of message from the list",
    OtherSubjectError.code: "This kind of message is about something else. "
    "Choose an invitation for a message to a person, a match or a session for one to staff",
    NothingToShowError.code: "There is nothing yet that this message could be about",
    NotFoundError.code: "What this message is to be about is not there any more. Choose again",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form was sent with."""

    kind: Annotated[str, Field()] = "invitation"
    about: Annotated[str, Field()] = ""
    form: Annotated[Form, Field()] = Form.EMAIL
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    point_size: Annotated[int, Field(ge=12, le=28)] = 14
    discreet: Annotated[bool, Field()] = False

    def wanted(self) -> Wanted:
        """Return it in the use case's words. Raises NotFoundError."""
        about, _, about_id = self.about.partition("/")
        try:
            subject = (About(about), UUID(about_id)) if self.about else (None, None)
        except ValueError:
            raise NotFoundError("nothing has such an id") from None
        return Wanted(
            kind=self.kind,
            form=self.form,
            language=self.language,
            point_size=self.point_size,
            discreet=self.discreet,
            about=subject[0],
            about_id=subject[1],
        )


class PreviewPages:
    """`/previews`, `/previews/{preview_id}` and its files."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(prefix="/previews", include_in_schema=False)
        router.add_api_route("", self.choose, methods=["GET"], dependencies=act)
        router.add_api_route("", self.ask, methods=["POST"], dependencies=act)
        router.add_api_route("/{preview_id}", self.show, methods=["GET"], dependencies=act)
        router.add_api_route(
            "/{preview_id}/files/{name}", self.file, methods=["GET"], dependencies=act
        )
        return router

    async def choose(self, request: Request) -> Response:
        """Offer what can be looked at."""
        return await self._form(request, Choice())

    async def ask(self, request: Request, choice: Annotated[Choice, Depends()]) -> Response:
        """Have it written, and go to where it will be shown."""
        staff, known, facts = staff_of(request), self._parts.known, self._parts.facts
        preview_id = facts.new_id()
        try:
            work = partial(ask_for_preview, preview_id, choice.wanted(), staff, known, facts)
            await self._parts.change(work)
        except WRONG as error:
            return await self._form(request, choice, fault=FAULTS[error.code])
        return RedirectResponse(f"/previews/{preview_id}", HTTPStatus.SEE_OTHER)

    async def show(self, request: Request, preview_id: UUID) -> Response:
        """Show the message, or that it is still being written."""
        staff = staff_of(request)
        preview = await find_preview(preview_id, staff, self._parts)
        return self._pages.show(
            request,
            "staff/preview.html",
            staff=staff,
            preview=preview,
            stage=stage_of(preview, self._parts.facts.now()),
            texts=_texts(preview),
            files=_files(preview),
        )

    async def file(self, request: Request, preview_id: UUID, name: str) -> Response:
        """Give one part as a file."""
        preview = await find_preview(preview_id, staff_of(request), self._parts)
        for each in _files(preview):
            if each.name == name:
                kind = each.media_type if each.media_type in DOWNLOADS else BYTES
                headers = {"Content-Disposition": f'attachment; filename="{each.name}"'}
                return Response(each.content, media_type=kind, headers=headers)
        raise NotFoundError("no such part")

    async def _form(self, request: Request, choice: Choice, fault: str = "") -> Response:
        staff = staff_of(request)
        return self._pages.show(
            request,
            "staff/previews.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            staff=staff,
            kinds=[(kind, words.plain(kind)) for kind in ABOUT],
            forms=[(form.value, words.form(form.value)) for form in Form],
            languages=sorted(LANGUAGES.items(), key=lambda each: each[1]),
            point_sizes=[(size, f"{size} point") for size in POINT_SIZES],
            subjects=await self._subjects(staff),
            choice=choice,
            fault=fault,
        )

    async def _subjects(self, staff: Visitor) -> dict[str, dict[str, str]]:
        """Return what a message can be about, under its heading: what stands for it, its name."""
        known, newest = self._parts.known, Asked(hubs=staff.hubs, limit=NEWEST)
        invitations = await known.invitations.listed(newest)
        matches = await known.matches.listed(newest)
        sessions = await known.sessions.listed(newest)
        return {
            "Invitations": {f"invitation/{each.id}": self._named(each) for each in invitations},
            "Matches": {
                f"match/{each.id}": f"{each.state.engagement_reference}: {each.state.title}"
                for each in matches
            },
            "Sessions": {
                f"session/{each.id}": f"{each.state.engagement_reference}: {each.state.title}, "
                f"session {each.state.number}"
                for each in sessions
            },
        }

    def _named(self, invitation: InvitationView) -> str:
        state = invitation.state
        always = invitation.hub in self._parts.options.named_before_yes
        names = naming(str(state.engagement_id), [invitation.invited], always=always)
        who = names.name(state.participant_id, state.participant_reference)
        return f"{state.engagement_reference}: {state.title} ({who})"


def _texts(preview: PreviewView) -> dict[str, str]:
    """Return the parts that can be read on the page, by media type."""
    parts = preview.rendered.parts if preview.rendered else ()
    readable = ("text/plain", "text/html")
    return {kind: p.content for p in parts if (kind := bare(p.media_type)) in readable}


def _files(preview: PreviewView) -> list[PartFile]:
    return files_of(preview.rendered.parts) if preview.rendered else []
