"""`wlc messages`, and a message as it would be written."""

import base64
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cli import messages
from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

PREVIEW = str(uuid4())
PDF = b"%PDF-1.7"
MAIL = [
    {"media_type": "text/plain", "content": "Hello [name],\nyou are [bold]invited[/bold]."},
    {"media_type": "text/html", "content": "<p>Hello</p>"},
    {"media_type": "application/pdf", "content": base64.b64encode(PDF).decode()},
]


def a_preview(stage: str = "written", **changes: Any) -> dict[str, Any]:
    return {
        "preview_id": PREVIEW,
        "stage": stage,
        "language": "en",
        "subject": "You are invited",
        "parts": MAIL,
        "is_translated": True,
        "fault": None,
        **changes,
    }


@pytest.fixture
def console(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    monkeypatch.setattr(messages, "PAUSE_SECONDS", 0.0)
    services.answers["/v1/previews"] = (202, a_preview("waiting", parts=[], subject=""))
    services.pages[f"/v1/previews/{PREVIEW}"] = a_preview()
    return services


def test_messages_are_listed_as_ever_and_by_every_status(services: FakeServices) -> None:
    row = {"kind": "invitation", "participant_reference": "P-1", "channel": "sms"}
    row |= {"status": "delivered", "at": "2026-11-17", "message_id": "m-1"}
    services.pages["/v1/messages?status=delivered"] = [row]

    table = wlc("messages", "--status", "delivered")
    plain = wlc("messages", "--status", "delivered", "--json")

    assert "messages: 1" in table.stdout
    assert json.loads(plain.stdout) == [row]


def test_a_preview_is_asked_for_as_it_was_typed_and_its_text_printed(console: FakeServices) -> None:
    about = uuid4()

    ended = wlc(
        *("messages", "preview", "invitation", "--form", "letter", "--language", "so"),
        *("--point-size", "24", "--discreet", "--invitation", str(about)),
    )

    assert console.asked == [
        {
            "kind": "invitation",
            "form": "letter",
            "language": "so",
            "point_size": 24,
            "discreet": True,
            "hub": None,
            "invitation_id": str(about),
        }
    ]
    assert ended.exit_code == 0
    assert ended.stdout == (
        "Subject: You are invited\n\nHello [name],\nyou are [bold]invited[/bold].\n"
    )


def test_every_part_becomes_a_file(console: FakeServices, tmp_path: Path) -> None:
    folder = tmp_path / "letters"

    ended = wlc("messages", "preview", "invitation", "--out", folder)

    written = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert written == {
        "subject.txt": b"You are invited\n",
        "message.txt": MAIL[0]["content"].encode(),
        "message.html": b"<p>Hello</p>",
        "letter.pdf": PDF,
    }
    assert "its parts are in" in ended.stderr


def test_a_preview_for_scripts_is_what_the_console_answers(console: FakeServices) -> None:
    ended = wlc("messages", "preview", "invitation", "--json")

    assert json.loads(ended.stdout) == a_preview()


def test_that_english_stands_in_is_said_beside_the_text(console: FakeServices) -> None:
    untranslated = a_preview(is_translated=False, language="so")
    console.pages[f"/v1/previews/{PREVIEW}"] = untranslated

    ended = wlc("messages", "preview", "invitation", "--language", "so")

    assert "so has no reviewed translation" in ended.stderr
    assert ended.exit_code == 0


def test_what_cannot_be_written_ends_with_1_and_why(console: FakeServices) -> None:
    refused = a_preview("refused", parts=[], fault="no address is known for the staff")
    console.pages[f"/v1/previews/{PREVIEW}"] = refused

    ended = wlc("messages", "preview", "staff-match")

    assert ended.exit_code == 1
    assert ended.stderr == (
        "wlc: this message cannot be written: no address is known for the staff.\n"
    )


def test_a_notification_that_does_not_answer_ends_with_3(
    console: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PATIENCE_SECONDS", 0.0)
    console.pages[f"/v1/previews/{PREVIEW}"] = a_preview("waiting", parts=[])

    ended = wlc("messages", "preview", "invitation")

    assert ended.exit_code == 3
    assert "notification did not write it in time" in ended.stderr


@pytest.mark.parametrize(("status", "code"), [(422, 2), (404, 1)])
def test_what_the_console_refuses_is_said_in_its_sentence(
    console: FakeServices, status: int, code: int
) -> None:
    console.answers["/v1/previews"] = (status, {"detail": "There is no such kind of message."})

    ended = wlc("messages", "preview", "nonsense")

    assert (ended.exit_code, ended.stderr) == (code, "wlc: There is no such kind of message.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("--form", "smoke"),
        ("--point-size", "99"),
        ("--invitation", "nonsense"),
    ],
)
def test_mistakes_of_usage_ask_for_nothing(console: FakeServices, words: tuple[str, ...]) -> None:
    ended = wlc("messages", "preview", "invitation", *words)

    assert ended.exit_code == 2
    assert console.asked == []


def test_a_folder_that_cannot_be_written_to_is_said(console: FakeServices, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")

    ended = wlc("messages", "preview", "invitation", "--out", file)

    assert ended.exit_code == 2
    assert "cannot be written to" in ended.stderr
