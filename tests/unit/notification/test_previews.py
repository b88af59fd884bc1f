"""What staff see of a message before it is sent."""

import base64
import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.notification.clients.letters import MarkdownPreviews
from services.notification.clients.letters.library import STAFF_KINDS, WRITTEN_KINDS
from services.notification.domain import About, Kind
from shared.contracts.previews import Form, PreviewRequest, PreviewState
from tests.builders.languages import a_language
from tests.builders.notification import HUB, LETTERHEAD, NOW, TITLE, a_match, an_invitation
from tests.builders.staff_news import a_staff_session

PREVIEWS = MarkdownPreviews(LETTERHEAD, lambda: NOW)
INVITATION = an_invitation()
FORMS_TO_PEOPLE = [(kind, form) for kind in sorted(WRITTEN_KINDS) for form in Form]


def previewed(
    kind: str, about: About = INVITATION, by: MarkdownPreviews = PREVIEWS, **fields: object
) -> PreviewState:
    return by.preview(PreviewRequest(preview_id=uuid4(), kind=kind, **fields), HUB, about)


def types_of(state: PreviewState) -> list[str]:
    return [part.media_type for part in state.parts]


def words_of(state: PreviewState) -> str:
    return "\n".join(part.content for part in state.parts)


@pytest.mark.parametrize(("kind", "form"), FORMS_TO_PEOPLE)
def test_every_message_to_a_person_can_be_seen_in_every_form(kind: Kind, form: Form) -> None:
    state = previewed(kind, form=form)

    assert state.fault is None
    assert state.parts
    assert PreviewState.model_validate_json(state.model_dump_json()) == state


@pytest.mark.parametrize(
    ("form", "types"),
    [
        (Form.EMAIL, ["text/plain", "text/html", "text/calendar"]),
        (Form.SMS, ["text/plain"]),
        (Form.LETTER, ["application/pdf"]),
        (Form.EASY_READ, ["text/plain", "text/html", "text/calendar", "application/pdf"]),
        (Form.BRAILLE, ["application/x-brf"]),
        (Form.AUDIO, ["text/plain"]),
        (Form.SCRIPT, ["text/plain"]),
    ],
)
def test_a_preview_has_the_parts_of_its_form(form: Form, types: list[str]) -> None:
    assert types_of(previewed(Kind.INVITATION, form=form)) == types


def test_files_come_as_base64() -> None:
    [part] = previewed(Kind.INVITATION, form=Form.LETTER).parts

    assert base64.b64decode(part.content, validate=True).startswith(b"%PDF")


def test_it_shows_the_real_invitation_and_nobody_in_particular() -> None:
    state = previewed(Kind.INVITATION)

    assert state.subject == "You are invited. Please answer by Friday 20 February 2026"
    assert TITLE in words_of(state)
    assert "Hello [name]," in words_of(state)


@pytest.mark.parametrize("form", [Form.EMAIL, Form.SMS, Form.SCRIPT])
def test_the_link_that_is_shown_opens_nobodys_page(form: Form) -> None:
    words = re.sub(r"\r?\n ", "", words_of(previewed(Kind.INVITATION, form=form)))

    assert "/i/preview" in words or form is Form.SCRIPT
    assert words.count("/i/") == words.count("/i/preview")


def test_discretion_can_be_seen() -> None:
    words = words_of(previewed(Kind.INVITATION, discreet=True))

    assert TITLE not in words
    assert "something we think would suit you" in words


@pytest.mark.parametrize(("asked", "shown"), [(14, 14), (12, 14), (18, 20), (24, 24), (28, 28)])
def test_type_is_shown_in_the_next_size_that_there_is(asked: int, shown: int) -> None:
    assert f"font-size: {shown}pt" in words_of(previewed(Kind.INVITATION, point_size=asked))


def test_a_language_is_seen_where_somebody_reviewed_it(tmp_path: Path) -> None:
    a_language(tmp_path, "pl")
    by = MarkdownPreviews(LETTERHEAD, lambda: NOW, locale_folder=tmp_path)

    polish = previewed(Kind.INVITATION, by=by, language="pl")
    somali = previewed(Kind.INVITATION, by=by, language="so")
    script = previewed(Kind.INVITATION, by=by, language="pl", form=Form.SCRIPT)

    assert (polish.is_translated, somali.is_translated, script.is_translated) == (
        True,
        False,
        False,
    )
    assert polish.subject.startswith("«")
    assert "«" not in words_of(somali) + words_of(script)


@pytest.mark.parametrize("kind", sorted(STAFF_KINDS))
def test_what_staff_get_can_be_seen_as_an_email(kind: Kind) -> None:
    of_match = kind in {Kind.STAFF_MATCH, Kind.STAFF_SHORT}

    state = previewed(kind, a_match() if of_match else a_staff_session())

    assert state.fault is None
    assert TITLE in words_of(state)
    assert types_of(state) == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("kind", "about", "form", "fault"),
    [
        ("no-such", INVITATION, Form.EMAIL, "There is no message of this kind."),
        ("invitation", None, Form.EMAIL, "This message is about an invitation: say which one."),
        ("invitation", a_match(), Form.EMAIL, "This message is about an invitation, not about a"),
        ("staff-match", a_match(), Form.SMS, "Staff get this message by e-mail only."),
        ("staff-match", None, Form.EMAIL, "This message is about a match: say which one."),
        ("staff-missing", a_match(), Form.EMAIL, "This message is about a session: say which one."),
        ("call-me", INVITATION, Form.EMAIL, "This is only said on the telephone."),
        ("reminder", an_invitation(sessions=()), Form.EMAIL, "This message reminds of a session"),
    ],
)
def test_what_cannot_be_written_says_why(kind: str, about: About, form: Form, fault: str) -> None:
    state = previewed(kind, about, form=form)

    assert state.parts == ()
    assert (state.fault or "").startswith(fault)


@pytest.mark.parametrize("kind", ["call-me", "no-answer", "translate"])
def test_what_is_said_on_the_telephone_can_be_seen_as_a_script(kind: str) -> None:
    assert "[name]" in words_of(previewed(kind, form=Form.SCRIPT))


def test_goodbye_is_about_no_invitation() -> None:
    assert previewed(Kind.GOODBYE, None).fault is None


def test_a_reminder_is_of_the_session_that_was_asked_for() -> None:
    session = INVITATION.sessions[0]

    state = previewed(Kind.REMINDER, session_id=UUID(session.id))

    assert state.subject == "Reminder: your session on Tuesday 3 March 2026"
