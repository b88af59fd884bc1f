"""The copy itself: one page to read, by itself, and the same as JSON."""

import json
from calendar import day_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from deploy.embedded.folders import write_private
from shared.deadlines import answer_due, bank_holidays
from shared.holding import HeldOn, Holding

SERVICE_DOES: Mapping[str, str] = {
    "intake": "takes in what publishers and you yourself say of you",
    "matching": "draws panels for engagements; it does not know who you are",
    "scheduling": "finds times and places; it does not know who you are",
    "notification": "writes to you",
    "console": "is what staff, and you by your links, see",
}
RIGHTS = (
    "to have what is wrong put right: by the link to your details, or through who registered you",
    "to take back what you agreed to, at any time",
    "to leave, and to be forgotten: by the link to your details, or through who registered you",
    "to object, and to have things held as they are while that is looked at",
    "to complain to the Information Commissioner's Office: ico.org.uk, 0303 123 1113",
)
RECIPIENTS = (
    "staff of your hub: your reference and needs; who you are only to ring you, or where they ask",
    "who carries messages to you: mail servers, GOV.UK Notify, who prints letters",
    "the publisher that sent you here hears whether what it sent was taken, and nothing more",
)
MOST_IN_A_LINE = 5
WEEKDAYS = ("day", "weekday")
"""0 is Monday, where it is a number."""
TIMES = ("start", "end")
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Copy:
    """All that was held on a person at a time."""

    person: UUID
    received_on: date
    made_at: datetime
    held: Sequence[HeldOn]

    @property
    def due_on(self) -> date:
        """The last day on which it may be handed over."""
        return answer_due(self.received_on, bank_holidays())

    @property
    def consents(self) -> Mapping[str, Any]:
        """What the person agreed to, by purpose, as intake knows it now."""
        rows = [row for each in self._of("participants") for row in each.rows]
        found = (row.get("profile", {}).get("consents", {}) for row in rows)
        return {purpose: said for consents in found for purpose, said in consents.items()}

    def _of(self, collection: str) -> list[Holding]:
        return [h for each in self.held for h in each.holdings if h.collection == collection]

    def as_json(self) -> dict[str, Any]:
        """Return it for machines: what the page says too."""
        return {
            "participant_id": str(self.person),
            "received_on": self.received_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "made_at": self.made_at.isoformat(),
            "consents": self.consents,
            "recipients": RECIPIENTS,
            "rights": RIGHTS,
            "services": [each.model_dump(mode="json") for each in self.held],
        }

    def as_page(self) -> str:
        """Return the page; it loads nothing from anywhere."""
        meanings = {code: text for each in self.held for code, text in each.words.items()}

        def said(value: object) -> str:
            if isinstance(value, bool):
                return "yes" if value else "no"
            return meanings.get(str(value), str(value))

        told = {"does": SERVICE_DOES, "rights": RIGHTS, "recipients": RECIPIENTS}
        shapes = {"words": words, "said": said, "is_line": is_line, "read": read}
        return _template().render(copy=self, **shapes, **told)


def write(copy: Copy, folder: Path) -> tuple[Path, Path]:
    """Write both files, for their owner's eyes only; return where they are."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"subject-access-{copy.person}-{copy.made_at:%Y-%m-%d}"
    page, data = folder / f"{name}.html", folder / f"{name}.json"
    write_private(page, copy.as_page())
    write_private(data, json.dumps(copy.as_json(), ensure_ascii=False, indent=2))
    return page, data


def words(name: str) -> str:
    """Return the name of a field as words."""
    return name.lstrip("_").replace("_", " ").capitalize()


def read(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of a row with days of the week by name, and minutes of a day as a time."""
    weekdays = {
        name: day_name[part[name]] for name in WEEKDAYS if part.get(name) in range(len(day_name))
    }
    if not weekdays:
        return part
    times = {name: _time(part[name]) for name in TIMES if isinstance(part.get(name), int)}
    return {**part, **weekdays, **times}


def _time(minutes: int) -> str:
    hours, left = divmod(minutes, MINUTES)
    return f"{hours:02}:{left:02}"


def is_line(value: object) -> bool:
    """Whether something is short enough to stand in one line."""
    if not isinstance(value, dict) or len(value) > MOST_IN_A_LINE:
        return False
    return not any(isinstance(each, dict | list) for each in value.values())


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("cli.subject_access", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("copy.html")
