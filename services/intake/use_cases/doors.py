"""How submissions come in: by HTTP, answered once stored, and by AMQP, answered by an event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.intake.domain.faults import Fault, UnreadableError
from services.intake.domain.json_text import EVENT_BYTES, read_json
from services.intake.domain.people import ERASED
from services.intake.domain.publishers import Publisher
from services.intake.domain.submissions import REJECTED, UNKNOWN, Quarantined, submission_id
from services.intake.ports import Cipher, Desk, Publishers
from services.intake.use_cases.keeping import (
    SECOND_LOOKS,
    end_of_second_look,
    opened_for_second_look,
    opened_from_quarantine,
    sealed_for_second_look,
    second_look_dropped,
    second_look_had,
)
from services.intake.use_cases.reading import Arrival, read_event, unreadable
from services.intake.use_cases.receiving import ID_REUSED, Received, handles_named, receive
from shared.changes import NOTHING, Changes, Due
from shared.committer import Commits, Outcome
from shared.errors import NotFoundError, NotYetError
from shared.handlers import Inbound

SECOND_LOOK_AFTER = timedelta(seconds=5)
JSON_TYPES = frozenset({"application/cloudevents+json", "application/json"})
STRANGER = Publisher(UNKNOWN, (), frozenset(), frozenset())

NO_USER = Fault(
    "",
    "no-user-id",
    "The message does not say who sent it: set its AMQP property user_id to your account's name.",
)
NO_PUBLISHER = Fault("", "unknown-publisher", "This account is not one of a publisher known here.")
NOT_JSON_TYPE = Fault(
    "", "content-type", "The content type of an event is application/cloudevents+json."
)


async def receive_now(
    arrival: Arrival, desk: Desk, commits: Commits, corrects: Quarantined | None = None
) -> Received:
    """Handle one submission and return its answer when it is stored."""
    received: list[Received] = []

    async def work() -> Changes:
        received.append(await receive(arrival, desk, corrects))
        return received[-1].changes

    again = f":again:{corrects.version}" if corrects else ""
    if await commits.commit(arrival.message_id + again, work) is Outcome.DONE:
        return received[-1]
    return await _answered(arrival, desk)


async def _answered(arrival: Arrival, desk: Desk) -> Received:
    """Return the answer that the same event got before.

    Raises NotYetError while it came by AMQP and waits for its second look.
    """
    apart = submission_id(arrival.publisher.name, arrival.event_id, arrival.digest)
    stored = await desk.submissions.get(arrival.submission_id)
    if stored is None or stored.digest != arrival.digest:
        stored = await desk.submissions.get(apart) or stored
    if stored is None:
        raise NotYetError("this submission waits to be looked at again")
    if stored.digest != arrival.digest:
        stored = replace(stored, status=REJECTED, faults=(ID_REUSED,), notes=())
    return Received(stored, is_duplicate=True)


def read_message(message: Inbound, publishers: Publishers, cipher: Cipher) -> Arrival:
    """Return the event of an AMQP message; who sent it is what the broker vouches for."""
    if not message.user:
        return unreadable(message.body, (NO_USER,), STRANGER, cipher)
    publisher = publishers.by_name(message.user)
    if publisher is None:
        return unreadable(message.body, (NO_PUBLISHER,), STRANGER, cipher)
    kind = (message.content_type or "application/json").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES:
        return unreadable(message.body, (NOT_JSON_TYPE,), publisher, cipher)
    return read_body(message.body, publisher, cipher)


def read_body(body: bytes, publisher: Publisher, cipher: Cipher) -> Arrival:
    """Return the event that a body holds, or what is wrong with the body."""
    try:
        event = read_json(body, most_bytes=EVENT_BYTES)
    except UnreadableError as error:
        return unreadable(body, error.faults, publisher, cipher)
    return read_event(event, publisher, cipher)


async def receive_message(arrival: Arrival, desk: Desk) -> Changes:
    """Handle what came by AMQP; what refers to the unknown is looked at again a little later.

    Messages are handled side by side, so the one that makes a reference known may be on its way.
    """
    received = await receive(arrival, desk, may_wait=True)
    if not received.only_lacks_what_it_refers_to:
        return received.changes
    about = {
        "publisher": arrival.publisher.name,
        **await sealed_for_second_look(arrival.digest, arrival.body, desk),
        "handles": list(handles_named(arrival, desk)),
    }
    at = desk.facts.now() + SECOND_LOOK_AFTER
    wanted = Due(SECOND_LOOKS, arrival.digest, at, about)
    return Changes((wanted, end_of_second_look(arrival.digest, desk)))


async def look_again(
    digest: str, about: Mapping[str, Any], desk: Desk, publishers: Publishers
) -> Changes:
    """Judge a second time, and for good, what referred to something unknown."""
    publisher = publishers.by_name(about["publisher"]) or STRANGER
    body = await opened_for_second_look(digest, about, desk)
    if body is None:
        return second_look_had(digest, desk)
    received = await receive(read_body(body, publisher, desk.cipher), desk)
    return received.changes + second_look_had(digest, desk)


async def keep_unjudged(digest: str, about: Mapping[str, Any], desk: Desk) -> Changes:
    """Keep what a fault of ours keeps from being judged, unless it names who is forgotten."""
    named = await desk.participants.known_by(about.get("handles", ()))
    if any(person.status == ERASED for person in named):
        return Changes(second_look_dropped(digest, desk))
    return NOTHING


async def try_again(
    quarantined: Quarantined,
    publisher: Publisher,
    *,
    event: Any | None,
    desk: Desk,
    commits: Commits,
) -> Received:
    """Handle a corrected event in place of a quarantined one, or the same one once more."""
    if event is None:
        body = await opened_from_quarantine(quarantined, desk)
        if body is None:
            raise NotFoundError("what was rejected cannot be read any more")
        return await receive_now(
            read_body(body, publisher, desk.cipher), desk, commits, quarantined
        )
    return await receive_now(read_event(event, publisher, desk.cipher), desk, commits, quarantined)
