"""A whole installation with marked people in it, and all that passes there."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import httpx

from deploy.local.state import read_run
from tests.builders.mail_servers import Moody
from tests.fakes.govuk_notify import Notify

MARK = "Zaxquil"
STREET = f"77 {MARK} Street"
NUMBER = "7700900"
MARKS = (MARK, MARK.lower(), "77009007", "550-zax")
TITLE = "Wroxplen evenings"
WORDS = ("Wroxplen", "You are invited", "Please say yes or no")
SECONDS = 180
BAD_NUMBER = "+447700900799"

EASY_READ, BRAILLE = "796161000000101", "936661000000109"
PEOPLE: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("email", (), {}),
    ("email", (EASY_READ,), {}),
    ("email", (), {"contact_preference": {"discreet": True}}),
    ("email", (), {"languages": [{"code": "so"}]}),
    ("sms", (), {}),
    ("letter", (), {}),
    ("letter", (BRAILLE,), {}),
    ("phone", (), {}),
)


@dataclass
class Watched:
    """An installation, who carries its messages, and all the events that passed."""

    folder: Path
    up: dict[str, Any]
    mail: Moody
    notify: Notify
    letters: Path
    events: list[bytes] = field(default_factory=list)

    async def wlc(self, *words: str | Path, typed: str | None = None) -> str:
        """Run the command; return all that it says."""
        done = await asyncio.to_thread(run, self.folder, words, typed, {})
        return done.stdout + done.stderr

    async def published(self, *events: dict[str, Any]) -> str:
        """Publish as the trust does; return what is said of it."""
        lines = "".join(json.dumps(event) + "\n" for event in events)
        return await self.wlc("publish", "-", typed=lines)

    async def messages(self) -> list[dict[str, Any]]:
        return list(json.loads(await self.wlc("messages", "--json")))

    async def metrics(self) -> str:
        known = read_run(self.folder)
        assert known
        assert known.addresses
        async with httpx.AsyncClient(trust_env=False) as http:
            found = [
                (await http.get(f"{url}/metrics")).text for url in known.addresses.services.values()
            ]
        return "\n".join(found)

    @property
    def logs(self) -> str:
        files = [*self.folder.rglob("*.log")]
        assert len(files) >= 6
        return "\n".join(file.read_text(errors="replace") for file in files)


def run(
    folder: Path, words: tuple[str | Path, ...], typed: str | None, more: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WLC_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "from cli.main import run; run()", *map(str, words)],
        env={**inherited, **more, "WLC_DATA": str(folder)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@asynccontextmanager
async def listening(watched: Watched) -> AsyncIterator[None]:
    """Keep every event but the sealed contacts, as another reader of the exchange would."""

    async def keep(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        watched.events.append(message.body + repr(message.headers).encode())

    async with await aio_pika.connect(watched.up["rabbit_url"]) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("marked.v1", durable=True)
        await queue.bind("events", "wlc.#")
        await queue.consume(keep, no_ack=True)
        yield
        await queue.delete(if_unused=False, if_empty=False)


def a_person(
    number: int, channel: str, needs: tuple[str, ...] = (), *, refused: bool = False, **more: Any
) -> dict[str, Any]:
    name = "550-zax" if refused else f"{MARK.lower()}{number}"
    mobile = BAD_NUMBER if refused else f"+44{NUMBER}7{number:02}"
    contacts = [
        {"channel": "email", "value": f"{name}@example.org"},
        {"channel": "sms", "value": mobile},
        {"channel": "letter", "value": f"{STREET}\nLondon\nW13 9LA"},
        {"channel": "phone", "value": mobile},
    ]
    for each in contacts:
        each["preferred"] = each["channel"] == channel  # type: ignore[assignment]
    agreed = {"version": "1", "given_at": "2026-01-05T10:00:00Z", "how": "web"}
    in_words = {**agreed, "version": f"read out by {MARK}", "how": f"at {MARK}'s"}
    days = ("mon", "tue", "wed", "thu", "fri")
    return {
        "reference": f"M-{number}",
        "name": {"display": f"{MARK} {number}", "address_as": f"{MARK}{number}"},
        "contacts": contacts,
        "postcode": "W13 9LA",
        "age_band": "25-44",
        "languages": [{"code": "en"}],
        "needs": list(needs),
        "lived_experience": ["inpatient-ward"],
        "availability": {"weekly": [{"day": day, "from": "09:00", "to": "20:00"} for day in days]},
        "travel_km": 50,
        "exclusions": {"partners": [f"{MARK} Trust"], "sites": [f"{MARK} Ward"]},
        "consent": {"involvement": agreed, "monitoring": agreed, "needs-sharing": in_words},
        **more,
    }


def an_engagement(places: int) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "reference": "E-marked",
        "title": TITLE,
        "description": "Wroxplen is what it is about.",
        "partner": "A trust",
        "kind": "service_redesign",
        "ladder_step": "co-design",
        "decision_owner": "The board",
        "feedback_due": str(today + timedelta(days=200)),
        "places": places,
        "reserves": 0,
        "place": {"postcode": "W5 2HL", "online": False, "in_person": True},
        "lived_experience": {"any": ["inpatient-ward"]},
        "window": {"from": str(today + timedelta(days=40)), "to": str(today + timedelta(days=80))},
        "sessions": {"count": 1, "minutes": 90, "every_days": 7},
        "approval": "automatic",
    }


def said(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "nwl-trust",
        "type": f"wlc.{event_type}.submitted.v1",
        "subject": data["reference"],
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "hub": "west-london",
        "data": data,
    }


def everybody() -> list[dict[str, Any]]:
    people = [
        a_person(number, channel, needs, **more)
        for number, (channel, needs, more) in enumerate(PEOPLE)
    ]
    return [*people, a_person(len(people), "email", refused=True)]


async def all_told(watched: Watched, people: int) -> list[dict[str, Any]]:
    """Wait until each of them was reached, or is a task for staff."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = await watched.messages()
            ended = {"sent", "delivered", "to_call"}
            told = {row["participant_reference"] for row in found if row["status"] in ended}
            waiting = [row for row in found if row["channel"] == "sms" and row["status"] == "sent"]
            if len(told - {None}) == people and not waiting:
                return found
            await asyncio.sleep(1)


async def by_amqp(watched: Watched, person: dict[str, Any]) -> None:
    """Publish by the other door, and wait until the person is known."""
    [trust] = [each for each in watched.up["publishers"] if each["name"] == "nwl-trust"]
    body = json.dumps(said("participant", person)).encode()
    async with await aio_pika.connect(trust["amqp_url"]) as connection:
        inbound = await (await connection.channel()).get_exchange("inbound", ensure=False)
        message = aio_pika.Message(
            body,
            content_type="application/cloudevents+json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            user_id="nwl-trust",
        )
        await inbound.publish(message, "wlc.participant.submitted.v1")
    token = {"Authorization": f"Bearer {watched.up['staff']['token']}"}
    asked = f"{watched.up['console_url']}/v1/people"
    async with asyncio.timeout(30), httpx.AsyncClient(trust_env=False, headers=token) as http:
        called = {"reference": person["reference"]}
        while not (await http.post(asked, json=called)).json():
            await asyncio.sleep(0.2)
