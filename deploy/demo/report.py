"""The tables at the end, and the same as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.demo.doors import Delivery
from deploy.demo.seen import Match, Message, Session, invitations

LONDON = ZoneInfo("Europe/London")
WIDTH = 140


@dataclass
class Report:
    """What happened."""

    deliveries: list[Delivery] = field(default_factory=list)
    drawn: Sequence[Match] = ()
    """The matches as they were proposed."""
    sessions: Sequence[Session] = ()
    messages: Sequence[Message] = ()
    by_link: Counter[str] = field(default_factory=Counter)
    by_telephone: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    killed: str = ""
    back_after_seconds: float = 0.0
    checks: tuple[str, ...] = ()
    phases: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def replaced(self) -> int:
        """How many of those invited filled a place that had fallen free."""
        first = {
            (match.engagement_reference, chosen.participant_reference)
            for match in self.drawn
            for chosen in match.panel
        }
        invited = {
            (session.engagement_reference, attendee.participant_reference)
            for session, attendee in invitations(self.sessions).values()
        }
        return len(invited - first)

    @property
    def answers(self) -> Counter[str]:
        """The invitations by where they stand."""
        return Counter(attendee.answer for _, attendee in invitations(self.sessions).values())

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        kinds = Counter(f"{m.kind} {m.channel} {m.status}" for m in self.messages)
        return {
            "submissions": [
                {
                    "file": delivery.parcel.name,
                    "door": delivery.parcel.door,
                    "sent": len(delivery.outcomes),
                    "accepted": delivery.accepted,
                    "again": delivery.again,
                    "rejected": delivery.rejected,
                    "faults": dict(delivery.codes),
                }
                for delivery in self.deliveries
            ],
            "matches": [match.model_dump(mode="json") for match in self.drawn],
            "sessions": [session.model_dump(mode="json") for session in self.sessions],
            "invitations": dict(self.answers),
            "replacements": self.replaced,
            "answers": {"link": dict(self.by_link), "telephone": dict(self.by_telephone)},
            "messages": dict(kinds),
            "handed_over_again": self.repeats,
            "killed": {"service": self.killed, "back_after_seconds": self.back_after_seconds},
            "checks": list(self.checks),
            "phases": self.phases,
            "seconds": self.seconds,
        }

    def show(self, console: Console) -> None:
        """Print it."""
        wide = Console(
            file=console.file, width=max(WIDTH, console.width), highlight=False, soft_wrap=True
        )
        for table in (
            self._submissions(),
            self._faults(),
            self._matches(),
            self._sessions(),
            self._people(),
            self._messages(),
            self._times(),
        ):
            wide.print(table)

    def _submissions(self) -> Table:
        return _table(
            "Submitted",
            ("file", "door", "sent", "accepted", "of these known before", "rejected"),
            [
                (d.parcel.name, d.parcel.door, len(d.outcomes), d.accepted, d.again, d.rejected)
                for d in self.deliveries
            ]
            + [
                (
                    "all",
                    "",
                    sum(len(d.outcomes) for d in self.deliveries),
                    sum(d.accepted for d in self.deliveries),
                    sum(d.again for d in self.deliveries),
                    sum(d.rejected for d in self.deliveries),
                )
            ],
        )

    def _faults(self) -> Table:
        by_door: dict[str, Counter[str]] = {}
        for delivery in self.deliveries:
            by_door.setdefault(delivery.parcel.door, Counter()).update(delivery.codes)
        codes = sorted({code for found in by_door.values() for code in found})
        rows = [(code, *(found[code] for found in by_door.values())) for code in codes]
        return _table("Rejected, faults by door", ("fault", *by_door), rows)

    def _matches(self) -> Table:
        headings = ("engagement", "title", "considered", "eligible", "panel", "reserves", "quotas")
        return _table(
            "Matches, as drawn",
            (*headings, "short of"),
            [
                (
                    match.engagement_reference,
                    match.title,
                    match.steps[0].left if match.steps else 0,
                    match.eligible,
                    f"{len(match.panel)} of {match.places}",
                    len(match.reserves),
                    _fit(match),
                    " ".join(shortfall.sentence for shortfall in match.unmet),
                )
                for match in self.drawn
            ],
        )

    def _sessions(self) -> Table:
        return _table(
            "Sessions",
            ("engagement", "no", "when", "where", "come", "no answer", "places", "status"),
            [
                (
                    session.engagement_reference,
                    session.number,
                    _when(session),
                    session.venue.name if session.venue else "",
                    session.answered("accepted"),
                    session.answered("invited"),
                    session.places,
                    session.status,
                )
                for session in self.sessions
            ],
        )

    def _people(self) -> Table:
        rows: list[tuple[object, ...]] = [
            ("invitations", _counted(self.answers)),
            ("invited in the place of another", self.replaced),
            ("said by link", _counted(self.by_link)),
            ("said by telephone", _counted(self.by_telephone)),
        ]
        return _table("People", ("", ""), rows)

    def _messages(self) -> Table:
        found = Counter((m.kind, m.channel, m.status) for m in self.messages)
        rows = [(*key, count) for key, count in sorted(found.items())]
        return _table("Messages and calls", ("kind", "channel", "status", "how many"), rows)

    def _times(self) -> Table:
        rows: list[tuple[object, ...]] = [(n, f"{s:.1f} s") for n, s in self.phases.items()]
        rows.append((f"{self.killed} killed, back after", f"{self.back_after_seconds:.1f} s"))
        rows.append(("in all", f"{self.seconds:.1f} s"))
        return _table("Time", ("phase", "took"), rows)


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table


def _fit(match: Match) -> str:
    met = sum(quota.is_met for quota in match.quotas)
    return f"{met} of {len(match.quotas)} met" if match.quotas else "none set"


def _when(session: Session) -> str:
    if session.starts_at is None:
        return "; ".join(session.reasons)
    return session.starts_at.astimezone(LONDON).strftime("%a %d %b %Y %H:%M")


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(found.items())) or "none"
