"""What the installation shows to those who use it, as far as the demo looks at it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

COMING = frozenset({"invited", "accepted"})


class Shape(BaseModel):
    """A JSON answer; what the demo does not ask for is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Staff(Shape):
    """How staff sign in."""

    user: str
    token: str


class Addresses(Shape):
    """What `wlc up --json` says."""

    intake_url: str
    console_url: str
    mail_dir: str
    staff: Staff
    services: dict[str, str]
    pids: dict[str, int]


class Fault(Shape):
    """Why a submission was refused, and where in it."""

    pointer: str
    code: str


class Outcome(Shape):
    """What became of one event of a file, or of one row as the spreadsheet numbers it."""

    id: str | None
    status: str
    duplicate: bool = False
    row: int | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"row {self.row}" if self.row is not None else self.id or ""


class Step(Shape):
    """How many people were left after one requirement."""

    requirement: str
    left: int


class Chosen(Shape):
    """Somebody on a panel."""

    participant_reference: str


class Quota(Shape):
    """A target for a value, and how many on the panel have it."""

    feature: str
    value: str
    min: int
    max: int
    selected: int

    @property
    def is_met(self) -> bool:
        return self.min <= self.selected <= self.max


class Shortfall(Shape):
    """A target that cannot be met."""

    sentence: str


class Match(Shape):
    """A match as staff see it."""

    match_id: str
    engagement_id: str
    engagement_reference: str
    title: str
    hub: str
    status: str
    sequence: int
    places: int
    eligible: int
    steps: tuple[Step, ...]
    panel: tuple[Chosen, ...]
    reserves: tuple[Chosen, ...]
    quotas: tuple[Quota, ...]
    unmet: tuple[Shortfall, ...]

    @property
    def is_proposed(self) -> bool:
        """Whether it is complete and waits for staff."""
        whole = len(self.panel) == self.places and not self.unmet
        return whole and self.status == "proposed"


class Venue(Shape):
    """Where a session takes place."""

    name: str


class Attendee(Shape):
    """Somebody invited, and their answer."""

    participant_reference: str
    invitation_id: str
    answer: str


class Session(Shape):
    """A session as staff see it."""

    session_id: str
    engagement_id: str
    engagement_reference: str
    title: str
    status: str
    number: int
    starts_at: datetime | None
    venue: Venue | None
    places: int
    missing: int
    reasons: tuple[str, ...]
    attendees: tuple[Attendee, ...]

    @property
    def coming(self) -> frozenset[str]:
        """Who holds a place and is expected at this session."""
        return frozenset(a.participant_reference for a in self.attendees if a.answer in COMING)

    def answered(self, answer: str) -> int:
        """Count the attendees who answered so."""
        return sum(attendee.answer == answer for attendee in self.attendees)


class Message(Shape):
    """A message or call, without its text."""

    message_id: str
    kind: str
    participant_reference: str | None
    channel: str
    status: str
    engagement_id: str | None

    @property
    def concerns(self) -> tuple[str | None, str | None]:
        """Whom, and about which engagement."""
        return self.participant_reference, self.engagement_id


class Health(Shape):
    """How a service is, as `wlc status --json` says."""

    pid: int | None
    ready: bool
    queue_depth: int | None
    retrying: int | None
    dead_letters: int | None
    outbox: int | None
    failed_work: int | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits; what is not known may wait."""
        return self.ready and self.queue_depth == self.retrying == self.outbox == 0


def invitations(sessions: Sequence[Session]) -> dict[str, tuple[Session, Attendee]]:
    """Return each invitation once, with the first session it is for."""
    found: dict[str, tuple[Session, Attendee]] = {}
    for session in sorted(sessions, key=lambda session: session.number):
        for attendee in session.attendees:
            found.setdefault(attendee.invitation_id, (session, attendee))
    return found


def filled(sessions: Sequence[Session]) -> dict[str, int]:
    """Return by engagement how many places somebody holds: at one session of it or at all."""
    holders: dict[str, set[str]] = defaultdict(set)
    for session in sessions:
        holders[session.engagement_id] |= session.coming
    return {engagement: len(people) for engagement, people in holders.items()}
