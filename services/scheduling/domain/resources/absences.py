"""When somebody who works at sessions said that they cannot come after all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.calendar import Period


@dataclass(frozen=True, slots=True)
class Absence:
    """From one moment to another; `sequence` is that of the newest event heard of it."""

    starts_at: datetime
    ends_at: datetime
    sequence: int
    cannot_come: bool = True


@dataclass(frozen=True, slots=True)
class Absences:
    """What staff noted of one worker, by id, for each session."""

    id: str
    of_session: Mapping[str, Absence] = field(default_factory=dict)
    version: int = 0

    @property
    def periods(self) -> tuple[Period, ...]:
        """When they cannot come."""
        noted = (each for each in self.of_session.values() if each.cannot_come)
        return tuple(Period(each.starts_at, each.ends_at) for each in noted)

    def since(self, moment: datetime) -> "Absences":
        """Return them without what ended before a moment."""
        left = {key: each for key, each in self.of_session.items() if each.ends_at >= moment}
        return replace(self, of_session=left)

    def noting(self, session_id: str, absence: Absence) -> "Absences":
        """Return them with what was heard of one session, unless newer was heard before."""
        known = self.of_session.get(session_id)
        if known is not None and known.sequence >= absence.sequence:
            return self
        return replace(self, of_session={**self.of_session, session_id: absence})
