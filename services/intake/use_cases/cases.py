"""What a submission of one type is judged by, and what follows when it has no fault."""

import re
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.faults import Report
from services.intake.domain.form import Form
from services.intake.domain.order import Said
from services.intake.domain.people import KnownAs, Participant
from services.intake.domain.references import plain_id
from services.intake.ports import Desk
from services.intake.use_cases.reading import Arrival
from shared.changes import NOTHING, Changes
from shared.facts import Header

UNKNOWN_REFERENCE = "unknown-reference"
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""https://www.w3.org/TR/trace-context/; anything else is to be passed over."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an accepted submission changes, and of which aggregate."""

    aggregate_id: str
    changes: Changes = NOTHING


@dataclass(frozen=True, slots=True)
class Case:
    """One submission with all that is needed to judge it."""

    arrival: Arrival
    form: Form
    report: Report
    desk: Desk

    @property
    def stated_at(self) -> datetime | None:
        """When the publisher says it was so."""
        return self.arrival.envelope.moment("time", self.report)

    @property
    def orders_from(self) -> datetime | None:
        """Where it stands among what is said of one thing.

        A time ahead of ours counts as now: all that is said truly afterwards would seem older.
        """
        return min(self.stated_at, self.desk.facts.now()) if self.stated_at else None

    @property
    def sequence(self) -> int | None:
        """The publisher's own count of the versions of what it speaks of."""
        found = self.arrival.envelope.number("sequence")
        return None if found is None else int(found)

    @property
    def said(self) -> Said:
        """Its place in the order of what the publisher says."""
        return Said(self.orders_from, self.sequence)

    def head(self) -> Header:
        """Head an event that follows from this submission."""
        return head(self.arrival, self.desk, self.arrival.hub)

    def news(self) -> KnownAs:
        """Return of whom this is news, and its place in the order of what the publisher says."""
        publisher, reference = self.arrival.publisher.name, self.form.text("reference")
        return KnownAs(publisher, reference, (), self.orders_from, self.sequence)

    def overtaken(self, aggregate_id: str) -> Effect:
        """Change nothing, and say why."""
        self.report.note("What was sent later is known already, so nothing was changed.")
        return Effect(aggregate_id)

    def handle(self, reference: str) -> str:
        """Return by what a person is found whom this publisher calls so."""
        return reference_handle(self.arrival, reference, self.desk)

    async def person(self, name: str = "reference") -> Participant | None:
        """Return the participant that a field refers to; a fault is reported when there is none."""
        [found] = await self.people([(self.form.pointer(name), self.form.text(name))])
        return found

    async def people(self, references: list[tuple[str, str]]) -> list[Participant | None]:
        """Return the participants that the texts at these pointers refer to."""
        handles = [self.handle(reference) for _, reference in references]
        known = await self.desk.participants.known_by(handles)
        by_handle = {handle: person for person in known for handle in person.handles}
        for (where, reference), handle in zip(references, handles, strict=True):
            if reference and handle not in by_handle:
                sentence = "No participant is known by this reference of yours in this hub."
                self.report.fault(where, UNKNOWN_REFERENCE, sentence)
        return [by_handle.get(handle) for handle in handles]


def head(arrival: Arrival, desk: Desk, hub: str) -> Header:
    """Head an event that follows from what arrived."""
    said = arrival.envelope
    caused_by = (plain_id(arrival.event_id) or arrival.submission_id) if arrival.event_id else None
    correlation_id = plain_id(said.text("correlationid")) or caused_by
    header = desk.facts.started(hub, correlation_id=correlation_id, causation_id=caused_by)
    header["traceparent"] = _traceparent(said.text("traceparent"))
    return header


def _traceparent(text: str) -> str | None:
    """Return it where it is one: it travels in clear, and could be anything about anybody."""
    return text if TRACEPARENT.fullmatch(text) else None


def reference_handle(arrival: Arrival, reference: str, desk: Desk) -> str:
    """Return the digest by which a publisher's reference is recognised."""
    return desk.cipher.digest("reference", arrival.hub, arrival.publisher.name, reference)
