"""Marked people through everything, by each channel and each fault, and what is written of them.

Names, addresses, numbers and the text of messages may stand in what is sent to the people, and
nowhere else that is written down in the clear: no log, event, metric, command or error report. What
a publisher wrote of whom they stay away from, and of how they agreed, stands nowhere at all.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from cli.erasing.files import search_folder
from cli.erasing.marks import marks_of
from tests.builders.mail_servers import Moody, a_server
from tests.builders.plain_mongod import plain_mongod
from tests.builders.watched import (
    BAD_NUMBER,
    MARK,
    MARKS,
    NUMBER,
    STREET,
    WORDS,
    Watched,
    a_person,
    all_told,
    an_engagement,
    by_amqp,
    everybody,
    listening,
    run,
    said,
)
from tests.fakes.govuk_notify import govuk_notify
from tests.fakes.govuk_notify_rules import API_KEY, TEMPLATE_ID

COMMANDS = (
    ("messages",),
    ("messages", "preview", "invitation"),
    ("trace", "E-marked"),
    ("dead-letters", "list"),
    ("failed-work", "list"),
    ("doctor",),
)


@dataclass(frozen=True)
class Told:
    """What became of the messages, and all that commands said."""

    messages: list[dict[str, Any]]
    spoken: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """Run everything, with a mail server that refuses some and a Notify that fails some."""
    tmp_path = tmp_path_factory.mktemp("marked")
    folder, mail = tmp_path / "installation", Moody()
    letters = tmp_path / "print"
    letters.mkdir()
    (tmp_path / "notify").mkdir()
    with govuk_notify(tmp_path / "notify") as notify:
        notify.tell({"numbers": {BAD_NUMBER: "permanent-failure"}})
        async with a_server(mail, enable_SMTPUTF8=True) as port:
            account = {"name": "notify", "api_key": API_KEY, "url": notify.url}
            named = {
                "NOTIFICATION_SMTP_PORT": str(port),
                "NOTIFICATION_NOTIFY": json.dumps([{**account, "text_template": TEMPLATE_ID}]),
                "NOTIFICATION_PRINT_FOLDER": str(letters),
                "NOTIFICATION_QUIET_HOURS": "none",
                "NOTIFICATION_GATHER_SECONDS": "0",
                "WLC_MONGOD": str(plain_mongod(tmp_path)),
            }
            start = ("up", "--detach", "--json")
            started = await asyncio.to_thread(run, folder, start, None, named)
            assert started.returncode == 0, started.stderr
            found = Watched(folder, json.loads(started.stdout), mail, notify, letters)
            try:
                async with listening(found):
                    yield found
            finally:
                await found.wlc("down")


def marks_in(text: str, marks: tuple[str, ...]) -> list[str]:
    return [mark for mark in marks if mark in text]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(watched: Watched) -> Told:
    """Publish marked people, right and wrong, tell them all, and ask every command."""
    people = everybody()
    spoken = await watched.published(*(said("participant", person) for person in people))
    wrong = a_person(99, "email", contacts=[{"channel": "email", "value": f"+44{NUMBER}799"}])
    spoken += await watched.published(said("participant", wrong))
    taken = await watched.published(said("engagement", an_engagement(len(people))))
    assert "1 accepted" in taken
    spoken += taken
    messages = await all_told(watched, len(people))
    for words in COMMANDS:
        spoken += await watched.wlc(*words)
    erased = said("participant", {"reference": people[0]["reference"]})
    erased["type"] = "wlc.participant.erasure_requested.v1"
    spoken += await watched.published(erased)
    await asyncio.sleep(2)
    return Told(messages, spoken)


@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_of_who_people_are_is_written_where_it_does_not_belong(
    watched: Watched, told: Told
) -> None:
    found = {
        "logs": marks_in(watched.logs, (*MARKS, *WORDS)),
        "metrics": marks_in(await watched.metrics(), (*MARKS, *WORDS)),
        "events": marks_in(b"\n".join(watched.events).decode(), MARKS),
        "commands": marks_in(told.spoken, MARKS),
    }

    assert found == {place: [] for place in found}


def test_every_channel_and_every_fault_was_met(told: Told) -> None:
    ways = {(row["channel"], row["status"]) for row in told.messages}

    assert {("email", "sent"), ("sms", "delivered"), ("letter", "sent")} <= ways
    assert {("call", "to_call"), ("email", "failed"), ("sms", "failed")} <= ways


def test_the_marks_are_found_where_they_belong(watched: Watched, told: Told) -> None:
    mails = b"\n".join(envelope.content for envelope in watched.mail.envelopes).decode()
    letters = "\n".join(file.read_text() for file in watched.letters.rglob("*.address.txt"))
    texts = json.dumps(watched.notify.taken)

    assert told.messages
    assert marks_in(mails, (MARK, MARK.lower(), *WORDS))
    assert marks_in(letters, (STREET,))
    assert marks_in(texts, (NUMBER,))
    assert any("wlc.invitation.issued.v1" in each.decode() for each in watched.events)


@pytest.mark.asyncio(loop_scope="module")
async def test_no_byte_of_the_erased_is_left_on_disk_where_there_was_before(
    watched: Watched, told: Told
) -> None:
    assert told.messages
    people = [*everybody()[1:], a_person(50, "letter")]
    await by_amqp(watched, people[-1])
    before = files_with(watched, MARK, *MARKS)

    names = [person["reference"] for person in people]
    words = ("erase", *names, "--mark", MARK, "--folder", watched.letters, "--yes", "--json")
    done = await asyncio.to_thread(run, watched.folder, words, None, {})

    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    services = {"intake", "matching", "scheduling", "notification", "console"}
    assert [set(each["confirmed"]) for each in answer["erased"]] == [services] * len(people)
    assert answer["found"] == 0
    assert MARK not in done.stdout + done.stderr
    assert before == {"print", "rabbitmq"}
    assert files_with(watched, MARK, *MARKS) == set()
    assert files_with(watched, *WORDS[:1]) == {"mongo", "rabbitmq"}
    due = await asyncio.to_thread(run, watched.folder, ("erase", "--due", "--json"), None, {})
    [by_publisher] = json.loads(due.stdout)["cleaned"]
    assert by_publisher not in {each["participant_id"] for each in answer["erased"]}


def files_with(watched: Watched, *marks: str) -> set[str]:
    """Name the places in which a file has one of the marks."""
    places = {**{each.name: each for each in watched.folder.iterdir()}, "print": watched.letters}
    found = {
        name: search_folder(name, place, marks_of(marks)).found
        for name, place in places.items()
        if place.is_dir()
    }
    return {name for name, files in found.items() if files}
