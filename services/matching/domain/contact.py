"""Who is spared for now: who has a place elsewhere, rests, or was asked often enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import NOBODY_SPARED, Holds, Requirement
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import CHOSEN, HOLDING, Opportunity

ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
HELD_UNINVITED = timedelta(days=14)
"""So long a place of an approved panel is held for who is not invited; then they are free."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked of a person.

    Nobody has places in two engagements at a time: between the last session of one and the window
    of the next lie `rest`; who came to none of the sessions needs none. Invitations of the last
    `asks_within` are counted whatever was answered: a no is treated as a yes is. `one_at_a_time`
    may be switched off for a hub of few people.
    """

    most_asks: int = 4
    asks_within: timedelta = timedelta(days=30)
    rest: timedelta = WEEK
    one_at_a_time: bool = True

    def since(self, engagement: Engagement, now: datetime) -> date:
        """Return from which day on an opportunity may keep somebody from being asked."""
        asked = now.date() - max(self.asks_within, ONE_DAY)
        return min(asked, engagement.window_start - max(self.rest, WEEK))

    def sparing(
        self, engagement: Engagement, lately: Iterable[Opportunity], now: datetime
    ) -> "Sparing":
        """Return the rule about whom not to ask into an engagement, given what happened lately."""
        theirs: dict[str, list[Opportunity]] = {}
        for each in lately:
            if each.engagement_id != engagement.id:
                theirs.setdefault(each.participant_id, []).append(each)
        return Sparing(self, theirs, now)


@dataclass(frozen=True, slots=True)
class Sparing:
    """Whom not to ask at a moment; `theirs` are people's opportunities elsewhere."""

    limits: Limits
    theirs: Mapping[str, Sequence[Opportunity]]
    now: datetime

    @property
    def rules(self) -> Mapping[Requirement, Holds]:
        """Return by which requirement somebody is spared; none while nothing happened elsewhere."""
        if not self.theirs:
            return NOBODY_SPARED
        return {
            Requirement.NO_PLACE_ELSEWHERE: self.has_a_place_elsewhere,
            Requirement.NOT_TOO_OFTEN: self.asks_too_often,
        }

    def asks_too_often(self, person: Candidate, _engagement: Engagement) -> bool:
        """Whether the person was asked so often lately that one more would be too much."""
        return person.id in self.theirs and self.asked_again_at(person.id) is not None

    def has_a_place_elsewhere(self, person: Candidate, engagement: Engagement) -> bool:
        """Whether another engagement has the person at the time of this one, or near it."""
        others = self.theirs.get(person.id, ())
        return any(self._comes_too_near(each, person, engagement) for each in others)

    def somebody_asked_again_at(self, people: Iterable[str]) -> datetime | None:
        """Return when the first of some people who were asked too often may be asked again."""
        asked = self.theirs.keys() & set(people)
        return min(filter(None, map(self.asked_again_at, asked)), default=None)

    def asked_again_at(self, person_id: str) -> datetime | None:
        """Return when somebody who was asked too often may be asked again; None: they were not."""
        first = self.now - self.limits.asks_within
        asked = sorted(each.asked_at for each in self.theirs.get(person_id, ()))
        lately = [each for each in asked if each > first]
        most = self.limits.most_asks
        return lately[-most] + self.limits.asks_within if len(lately) >= most else None

    def _is_held(self, other: Opportunity) -> bool:
        is_new = self.now - other.asked_at < HELD_UNINVITED
        return other.answer in HOLDING or (other.answer == CHOSEN and is_new)

    def _comes_too_near(
        self, other: Opportunity, person: Candidate, engagement: Engagement
    ) -> bool:
        """Whether the person holds a place whose sessions, and the rest after them, meet these."""
        if not self._is_held(other) or other.starts_on is None or other.ends_on is None:
            return False
        both_paid = person.one_paid_activity_a_week and engagement.paid and other.paid
        if not self.limits.one_at_a_time and not both_paid:
            return False
        if other.took_part is False and other.ends_on < self.now.date():
            return False
        rest = max(self.limits.rest, WEEK) if both_paid else self.limits.rest
        is_over = other.ends_on + rest < engagement.window_start
        return not is_over and other.starts_on - rest <= engagement.window_end
