"""A match: who was selected for an engagement, and why; and the opportunities that came of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from services.matching.domain.chances import Evenness
from services.matching.domain.eligibility import Step
from shared.sortition.outreach import Wanted
from shared.sortition.relaxation import Shortfall

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LAST_DAY_UNKNOWN = LONG_AGO.date()
MATCHES = UUID("0c6f3a52-7a0c-5c3e-9a51-6f2f4b1f7d10")


class Status(StrEnum):
    """How far a match has come; `short`: people who join later are considered."""

    PROPOSED = "proposed"
    SHORT = "short"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    CANCELLED = "cancelled"


UNDECIDED = frozenset({Status.PROPOSED, Status.SHORT})


@dataclass(frozen=True, slots=True)
class Member:
    """A chosen person: the chance they had (0 to 1), why they fit, their values of the quotas.

    `by_staff`: put on the panel by staff, so that there was no chance to tell; it is 0 then.
    `asked_again` is how many askings that they gave up staff looked past.
    """

    participant_id: str
    participant_reference: str
    chance: float
    reasons: tuple[str, ...] = ()
    features: Mapping[str, str] = field(default_factory=dict)
    by_staff: bool = False
    asked_again: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """What staff want of a person, by its sequence: the draw went by it."""

    participant_id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class QuotaFit:
    """A quota beside what the panel has.

    Where it follows the people here: their share, and how many times that was raised on purpose.
    """

    feature: str
    value: str
    min: int
    max: int
    selected: int
    population_share: float | None = None
    raised_times: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Who was selected for an engagement; its `version` is the sequence of its events.

    `told` is the sequence of the newest of them: not every version is told. `wanted`: who is
    looked for, as was told. `draw_id` is that of the draw that made it, where there was a lot;
    `cause` is what its seed hangs on, beside the engagement's secret.
    """

    id: str
    hub: str
    engagement_id: str
    engagement_reference: str
    title: str
    partner: str
    status: Status
    places: int
    seed: int
    cause: str = ""
    eligible: int = 0
    steps: tuple[Step, ...] = ()
    panel: tuple[Member, ...] = ()
    reserves: tuple[Member, ...] = ()
    quotas: tuple[QuotaFit, ...] = ()
    unmet: tuple[Shortfall, ...] = ()
    followed: tuple[Followed, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    evenness: Evenness | None = None
    draw_id: str = ""
    told: int = 0
    version: int = 0

    @property
    def stands(self) -> bool:
        """Whether it is approved."""
        return self.status is Status.APPROVED

    @property
    def waits_for_draw(self) -> bool:
        """Whether staff sent it back, or its engagement changed, and it is to be drawn anew."""
        return not self.steps

    @property
    def next_cause(self) -> str:
        """What the seed hangs on if it is drawn for again: another one after each draw."""
        return str(uuid5(MATCHES, f"{self.cause}\n{self.draw_id}"))

    @property
    def named(self) -> tuple[str, ...]:
        """The ids of everybody on the panel and among the reserves."""
        return tuple(each.participant_id for each in (*self.panel, *self.reserves))

    def forgetting(self, gone: Collection[str]) -> "Match":
        """Return it with nothing said of some people but that they were there."""
        panel, reserves = (_blanked(each, gone) for each in (self.panel, self.reserves))
        return replace(self, panel=panel, reserves=reserves)

    def without_answers(self, participant_id: str, features: Collection[str]) -> "Match":
        """Return it without what one person answered about some features."""

        def kept(member: Member) -> Member:
            if member.participant_id != participant_id:
                return member
            left = {name: each for name, each in member.features.items() if name not in features}
            return replace(member, features=left)

        panel, reserves = (tuple(map(kept, each)) for each in (self.panel, self.reserves))
        return replace(self, panel=panel, reserves=reserves)


def _blanked(members: tuple[Member, ...], gone: Collection[str]) -> tuple[Member, ...]:
    return tuple(
        Member(each.participant_id, "", each.chance, by_staff=each.by_staff)
        if each.participant_id in gone
        else each
        for each in members
    )


def match_id(engagement_id: str) -> str:
    """Return the id of an engagement's match: there is one, whoever draws it."""
    return str(uuid5(MATCHES, engagement_id))


TAKEN_BACK = frozenset({"declined", "withdrawn", "expired", "another_time"})
HOLDING = frozenset({"invited", "accepted"})
CHOSEN = "chosen"
"""Of an approved panel, and not invited yet."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """An invitation that a person had, or is to have (`CHOSEN`), and where it stands.

    Its sessions go from the day `starts_on` to the day `ends_on`; without any, it holds no place.
    `until` is the last day on which anything of it happens. Of those kept in earlier versions no
    more is known than the answer. `asked` counts how often it was made. `took_part`: whether the
    person came to any of its `sessions`; None while that is not known.
    """

    id: str
    engagement_id: str
    participant_id: str
    answer: str
    sequence: int
    hub: str = ""
    asked_at: datetime = LONG_AGO
    starts_on: date | None = None
    ends_on: date | None = None
    paid: bool = False
    until: date = LAST_DAY_UNKNOWN
    asked: int = 1
    sessions: tuple[str, ...] = ()
    took_part: bool | None = None
    version: int = 0


def chosen_id(match_id: str, participant_id: str) -> str:
    """Return the id of the place that a person is to be invited to."""
    return str(uuid5(MATCHES, f"chosen {match_id} {participant_id}"))
