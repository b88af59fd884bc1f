"""Staff ask to see a message as it would be written, and notification writes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from services.console.ports import Asked, Kept, Knowledge, PreviewView, View, Views
from services.console.use_cases.audit import noted
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.previews import Form, PreviewRendered, PreviewRequest, PreviewRequested
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

V = TypeVar("V", bound=View)

PATIENCE = timedelta(seconds=30)
"""How long staff wait before they are told that notification does not answer."""


class About(StrEnum):
    """What a message can be about; the value begins the name of the field for its id."""

    INVITATION = "invitation"
    MATCH = "match"
    SESSION = "session"


ABOUT: dict[str, About] = {
    **dict.fromkeys(
        (
            *("invitation", "accepted", "declined", "changed", "expired", "cancelled"),
            *(
                "reminder",
                "another-time",
                "needs",
                "call-me",
                "second-try",
                "no-answer",
                "translate",
            ),
            "goodbye",
            "details-link",
        ),
        About.INVITATION,
    ),
    **dict.fromkeys(("staff-match", "staff-short", "staff-digest"), About.MATCH),
    **dict.fromkeys(("staff-unscheduled", "staff-missing", "staff-at-risk"), About.SESSION),
}
"""Each kind of message that can be looked at, and what it is about."""


class UnknownKindError(RuleError):
    """There is no message of this kind to look at."""

    code = "unknown-kind"


class NothingToShowError(RuleError):
    """What the message would be about was not named, and the hubs have nothing of the sort."""

    code = "nothing-to-preview"


class OtherSubjectError(RuleError):
    """The kind is about something else than what was named."""

    code = "other-subject"


class Stage(StrEnum):
    """How far a preview is. `unanswered`: notification took too long."""

    WAITING = "waiting"
    UNANSWERED = "unanswered"
    WRITTEN = "written"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What staff want to see; without `about_id` it is the newest that there is of its sort."""

    kind: str
    form: Form = Form.EMAIL
    language: str = "en"
    point_size: int = 14
    discreet: bool = False
    about: About | None = None
    about_id: UUID | None = None


async def ask_for_preview(
    preview_id: UUID, wanted: Wanted, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Have a message written for looking at.

    Raises NotFoundError, UnknownKindError, OtherSubjectError, NothingToShowError.
    """
    about = about_of(wanted)
    hub, about_id = await _subject(about, wanted.about_id, staff, known)
    request = PreviewRequest(
        preview_id=preview_id,
        kind=wanted.kind,
        form=wanted.form,
        language=wanted.language,
        point_size=wanted.point_size,
        discreet=wanted.discreet,
        **{f"{about}_id": UUID(about_id)},
    )
    view = PreviewView(
        id=str(preview_id), hub=hub, asked_by=staff.username, asked_at=facts.now(), wanted=request
    )
    event = PreviewRequested(**facts.started(hub), subject=view.id, data=request)
    told = Changes((known.previews.keep(view),), (event,))
    return told + noted(
        known.audit, facts, who=staff.username, what="preview_asked", about=about_id, hub=hub
    )


async def know_preview(event: PreviewRendered, known: Kept[PreviewView]) -> Changes:
    """Keep what notification wrote, once, and only what staff of that hub asked for."""
    stored = await known.get(event.subject)
    if stored is None or stored.rendered or stored.hub != event.hub:
        return NOTHING
    return Changes((known.keep(replace(stored, rendered=event.data)),))


def stage_of(preview: PreviewView, now: datetime) -> Stage:
    """Tell how far a preview is."""
    if preview.rendered is None:
        late = now - preview.asked_at > PATIENCE
        return Stage.UNANSWERED if late else Stage.WAITING
    return Stage.WRITTEN if preview.rendered.parts else Stage.REFUSED


def about_of(wanted: Wanted) -> About:
    """Return what the kind is about. Raises UnknownKindError, OtherSubjectError."""
    about = ABOUT.get(wanted.kind)
    if about is None:
        raise UnknownKindError("no such kind of message")
    if wanted.about not in {None, about}:
        raise OtherSubjectError("this kind is about something else")
    return about


async def _subject(
    about: About, about_id: UUID | None, staff: Visitor, known: Knowledge
) -> tuple[str, str]:
    """Return the hub and the id of what the message is about."""
    match about:
        case About.INVITATION:
            return await _found(known.invitations, about_id, staff)
        case About.MATCH:
            return await _found(known.matches, about_id, staff)
        case About.SESSION:
            return await _found(known.sessions, about_id, staff)


async def _found(views: Views[V], about_id: UUID | None, staff: Visitor) -> tuple[str, str]:
    if about_id is None:
        newest = await views.listed(Asked(hubs=staff.hubs, limit=1))
        if not newest:
            raise NothingToShowError("these hubs have nothing of the sort")
        return newest[0].hub, newest[0].id
    view = await views.get(str(about_id))
    if view is None or view.hub not in staff.hubs:
        raise NotFoundError("nothing of these hubs")
    return view.hub, view.id
