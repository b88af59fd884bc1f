"""From the JSON of an event to what is known of it before its data is looked at."""

from dataclasses import dataclass
from typing import Any

from services.intake.domain.faults import Fault, Report
from services.intake.domain.form import Form
from services.intake.domain.json_text import EVENT_BYTES, canonical
from services.intake.domain.publishers import Publisher
from services.intake.domain.submissions import derived_id, submission_id
from services.intake.ports import Cipher
from services.intake.use_cases.shapes import check_shape
from shared.contracts.submissions import SUBMISSIONS, Submission

Json = Any


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it came in: of whom, its own id, and a digest of the whole.

    `envelope` holds the attributes that are well-shaped; `faults` what is wrong with the others.
    """

    publisher: Publisher
    submission_id: str
    event_id: str
    type: str
    hub: str
    digest: str
    body: bytes
    envelope: Form
    data: Json
    faults: tuple[Fault, ...]

    @property
    def message_id(self) -> str:
        """The key in the inbox: the same event of the same publisher has its effect once."""
        return f"{self.publisher.name}:{self.digest}"

    @property
    def people(self) -> list[str]:
        """The references of the people named, as far as that can be read of faulty data."""
        data = self.data if isinstance(self.data, dict) else {}
        attendances = data.get("attendances")
        attendees = attendances if isinstance(attendances, list) else []
        named = [data.get("reference"), data.get("participant_reference")]
        named += [each.get("reference") for each in attendees if isinstance(each, dict)]
        return [reference for reference in named if isinstance(reference, str)]

    def new_id(self, kind: str) -> str:
        """Return the id of what this submission makes, the same at every try."""
        return derived_id(kind, self.submission_id)


def read_event(event: Json, publisher: Publisher, cipher: Cipher) -> Arrival:
    """Return the event with every fault of its envelope; its data is not looked at."""
    faults, envelope = check_shape(Submission, event, at="")
    report = Report(faults)
    event_type, hub = envelope.text("type"), envelope.text("hub")
    _check_source(envelope.text("source"), publisher, report)
    _check_type(event_type, publisher, report)
    _check_hub(hub, publisher, report)
    envelope.moment("time", report)
    body = canonical(event)
    digest = cipher.digest("event", publisher.name, body)
    event_id = envelope.text("id")
    return Arrival(
        publisher=publisher,
        submission_id=submission_id(publisher.name, event_id, "" if event_id else digest),
        event_id=event_id,
        type=event_type if event_type in SUBMISSIONS else "",
        hub=hub,
        digest=digest,
        body=body,
        envelope=envelope,
        data=envelope.values.get("data"),
        faults=tuple(report.faults),
    )


def unreadable(
    body: bytes, faults: tuple[Fault, ...], publisher: Publisher, cipher: Cipher
) -> Arrival:
    """Return what came in the place of an event: of a large body, its first EVENT_BYTES."""
    body = body[:EVENT_BYTES]
    digest = cipher.digest("event", publisher.name, body)
    return Arrival(
        publisher=publisher,
        submission_id=submission_id(publisher.name, "", digest),
        event_id="",
        type="",
        hub="",
        digest=digest,
        body=body,
        envelope=Form(at=""),
        data=None,
        faults=faults,
    )


def _check_source(source: str, publisher: Publisher, report: Report) -> None:
    if source and source != publisher.name:
        sentence = "The source of an event is the name of the publisher that sends it."
        report.fault("/source", "source-not-yours", sentence)


def _check_hub(hub: str, publisher: Publisher, report: Report) -> None:
    if hub and hub not in publisher.hubs:
        sentence = "This publisher may not send for this hub, or there is no such hub."
        report.fault("/hub", "hub-not-permitted", sentence)


def _check_type(event_type: str, publisher: Publisher, report: Report) -> None:
    if not event_type:
        return
    if event_type not in SUBMISSIONS:
        report.fault("/type", *_unknown_type(event_type))
    elif event_type not in publisher.types:
        sentence = "This publisher is not permitted to send events of this type."
        report.fault("/type", "type-not-permitted", sentence)


def _unknown_type(event_type: str) -> tuple[str, str]:
    stem = event_type.rpartition(".v")[0] or event_type
    for known in SUBMISSIONS:
        if stem in {known, known.rpartition(".v")[0]}:
            version = known.rpartition(".")[2]
            return "unknown-version", f"This type is known as {version}: {known}."
    return "unknown-type", "There is no such event type. Known are: " + ", ".join(SUBMISSIONS) + "."
