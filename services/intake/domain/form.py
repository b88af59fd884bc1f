"""The well-shaped part of a submission's data: what the rules can be asked about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from services.intake.domain.faults import Report

DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
WALL_TIME = re.compile(r"\d{2}:\d{2}(:00)?\Z")


@dataclass(frozen=True, slots=True)
class Form:
    """A JSON object without what is ill-shaped: what is there has its type, all may be absent.

    In lists, None stands in place of what was taken out; `broken` are the pointers of all that was.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    at: str = "/data"
    broken: frozenset[str] = frozenset()

    def pointer(self, name: str) -> str:
        """Return where a field is, in the whole event."""
        return f"{self.at}/{name}"

    def is_stated(self, name: str) -> bool:
        """Whether the sender gave the field at all, well-shaped or not."""
        return self.values.get(name) is not None or self.pointer(name) in self.broken

    def text(self, name: str) -> str:
        """Return a text, empty when there is none."""
        return self.values.get(name) or ""

    def number(self, name: str) -> float | None:
        """Return a number, None when there is none."""
        return self.values.get(name)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        found = self.values.get(name)
        return default if found is None else bool(found)

    def answer(self, name: str) -> bool | None:
        """Return a yes or no, None when there is none."""
        return self.values.get(name)

    def form(self, name: str) -> "Form":
        """Return an object inside this one, empty when there is none."""
        return Form(self.values.get(name) or {}, self.pointer(name), self.broken)

    def forms(self, name: str) -> list["Form"]:
        """Return the objects of a list, each knowing where it is."""
        return [
            Form(each, f"{self.pointer(name)}/{index}", self.broken)
            for index, each in enumerate(self.values.get(name) or ())
            if each is not None
        ]

    def texts(self, name: str) -> list[tuple[str, str]]:
        """Return the texts of a list, each with its pointer."""
        return [
            (f"{self.pointer(name)}/{index}", each)
            for index, each in enumerate(self.values.get(name) or ())
            if each is not None
        ]

    def day(self, name: str, report: Report) -> date | None:
        """Return a date, None when there is none or it is only digits."""
        found = self.text(name)
        if found and not DAY.match(found):
            report.fault(self.pointer(name), "date", "Must be a date written as 2026-03-31.")
            return None
        return date.fromisoformat(found) if found else None

    def moment(self, name: str, report: Report) -> datetime | None:
        """Return a date and time, None when there is none or it is only digits."""
        found = self.text(name)
        if found and not MOMENT.match(found):
            sentence = "Must be a date and time with its zone, such as 2026-03-31T09:30:00Z."
            report.fault(self.pointer(name), "date-time", sentence)
            return None
        return datetime.fromisoformat(found.upper()) if found else None

    def wall_time(self, name: str, report: Report) -> time | None:
        """Return a local time of day in whole minutes."""
        found = self.text(name)
        if found and not WALL_TIME.match(found):
            sentence = "Must be a local time in whole minutes, written as 09:30, without a zone."
            report.fault(self.pointer(name), "time", sentence)
            return None
        return time.fromisoformat(found) if found else None
