"""The readable page about events."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generating.routes import hearers_of, hearers_of_submissions, publishers_of
from generating.schemas import ENVELOPE
from shared import topology, transaction
from shared.contracts import ALL_EVENTS
from shared.contracts.base import CONTENT_TYPE, Event
from shared.contracts.outreach import OutreachNews
from shared.contracts.submissions import SUBMISSIONS, SubmissionAnswer


@dataclass(frozen=True, slots=True)
class Row:
    """One type in a table."""

    type: str
    meaning: str
    links: str
    says: str = ""
    hears: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """The events about one kind of thing."""

    title: str
    rows: tuple[Row, ...]


def render() -> str:
    """Return the page as Markdown."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown from our own words, for our own repository
        keep_trailing_newline=True,
    )
    return environment.get_template("events.md.jinja").render(
        content_type=CONTENT_TYPE,
        inbound=topology.INBOUND,
        events=topology.EVENTS,
        envelope=ENVELOPE,
        inbox_days=transaction.INBOX_DAYS,
        dead_days=topology.DEAD_LETTER_DAYS,
        answers=f"{topology.ANSWER_QUEUE_LENGTH:,}",
        requests=f"{topology.OUTREACH_QUEUE_LENGTH:,}",
        request_mib=topology.OUTREACH_QUEUE_BYTES // 1024**2,
        waits=_waits(),
        submission_hearers=_listed(hearers_of_submissions()),
        submissions=[_submission_row(event_type) for event_type in SUBMISSIONS],
        families=_families(),
    )


def _families() -> list[Family]:
    ordered = groupby(ALL_EVENTS, key=lambda event: event.TYPE.split(".")[1])
    return [Family(noun.title(), tuple(map(_event_row, events))) for noun, events in ordered]


def _event_row(event: type[Event]) -> Row:
    return Row(
        event.TYPE,
        _meaning(event),
        _links(event.TYPE),
        says=_listed(publishers_of(event.TYPE)),
        hears=_listed((*hearers_of(event.TYPE), *_publishers_hearing(event))),
    )


def _publishers_hearing(event: type[Event]) -> Iterator[str]:
    if issubclass(event, SubmissionAnswer):
        yield "its publisher"
    if issubclass(event, OutreachNews):
        yield "publishers of its hub"


def _submission_row(event_type: str) -> Row:
    return Row(event_type, _meaning(SUBMISSIONS[event_type]), _links(event_type))


def _meaning(model: type[object]) -> str:
    return " ".join((model.__doc__ or "").split())


def _links(event_type: str) -> str:
    sample, schema = f"events/samples/{event_type}.json", f"events/schemas/{event_type}.json"
    return f"[sample]({sample}) · [schema]({schema})"


def _waits() -> str:
    *waits, last = (tier.replace("s", " s").replace("m", " min") for tier in topology.TIERS)
    return f"{', '.join(waits)} and {last}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
