"""What people need of a room, and how long ahead the support they need must be booked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.scheduling.domain.attendants import Attendant


@dataclass(frozen=True, slots=True)
class Need:
    """What follows from one needs code: a feature of the venue, days of notice, or both."""

    feature: str | None = None
    notice_days: int = 0


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Needs by SNOMED CT code; `notice_days` is what anybody is given."""

    needs: Mapping[str, Need]
    notice_days: int
    language_notice_days: int

    def features(self, people: Iterable[Attendant]) -> frozenset[str]:
        """Return the features that a venue must have for those of these people who go to one."""
        codes = (code for person in people if person.in_person for code in person.needs)
        known = (self.needs.get(code) for code in codes)
        return frozenset(need.feature for need in known if need and need.feature)

    def notice(self, people: Iterable[Attendant]) -> int:
        """Return the days of notice that all these people, and their support, need."""
        return max((self._notice(person) for person in people), default=self.notice_days)

    def _notice(self, person: Attendant) -> int:
        needs = [self.needs[code].notice_days for code in person.needs if code in self.needs]
        language = self.language_notice_days if person.interpreter else 0
        return max(self.notice_days, language, *needs, 0)
