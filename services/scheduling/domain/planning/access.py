"""What people need of a room and of those who support them, and how long ahead that is booked."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.staffing import Role
from services.scheduling.domain.resources.venues import WorkerKind


@dataclass(frozen=True, slots=True)
class Need:
    """What follows from one needs code.

    `feature`: what the venue must have. `skill`: of the professional who must be there; one serves
    all who need that skill, unless it is `each`: one for every person. They take turns, two of
    them, where a session is longer than `two_after_minutes`. `notice_days`: how long ahead it is
    booked. `title`: what staff call it.
    """

    feature: str | None = None
    notice_days: int = 0
    skill: str | None = None
    each: bool = False
    two_after_minutes: int | None = None
    title: str = ""

    def professionals(self, people: int, minutes: int) -> int:
        """Return how many professionals so many people need in a session of this length."""
        turns = self.two_after_minutes is not None and minutes > self.two_after_minutes
        return (people if self.each else min(people, 1)) * (2 if turns else 1)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Needs by SNOMED CT code; `notice_days` is what anybody is given.

    `language` is what an interpreter of a spoken language takes.
    """

    needs: Mapping[str, Need]
    notice_days: int
    language: Need

    def features(self, people: Iterable[Attendant]) -> frozenset[str]:
        """Return the features that a venue must have for those of these people who go to one."""
        codes = (code for person in people if person.in_person for code in person.needs)
        known = (self.needs.get(code) for code in codes)
        return frozenset(need.feature for need in known if need and need.feature)

    def roles(self, people: Sequence[Attendant], minutes: int) -> tuple[Role, ...]:
        """Return the professionals whom these people need in a session of so many minutes."""
        needs: dict[str, Need] = {}
        wanted: Counter[str] = Counter()
        for person in people:
            own = self._skilled(person)
            needs |= own
            wanted.update(own.keys())
        return tuple(
            Role(WorkerKind.PROFESSIONAL, skill, needs[skill].title or _titled(skill))
            for skill in sorted(wanted)
            for _ in range(needs[skill].professionals(wanted[skill], minutes))
        )

    def notice(self, people: Iterable[Attendant], waived: Collection[str] = ()) -> int:
        """Return the days of notice that all these people, and their support, need.

        Support that staff accepted will not be there is not waited for.
        """
        return max((self._notice(each, waived) for each in people), default=self.notice_days)

    def _skilled(self, person: Attendant) -> dict[str, Need]:
        """Return by skill the needs that a professional meets: a skill counts once a person."""
        known = (self.needs.get(code) for code in person.needs)
        by_skill = {need.skill: need for need in known if need and need.skill}
        unsaid = ("",) if person.interpreter and not person.interpreted else ()
        return by_skill | {spoken(code): self.language for code in (*person.interpreted, *unsaid)}

    def _notice(self, person: Attendant, waived: Collection[str]) -> int:
        known = (self.needs.get(code) for code in person.needs)
        needs = [each.notice_days for each in known if each and each.skill not in waived]
        spoken_for = person.interpreter and not {spoken(c) for c in person.interpreted} & {*waived}
        language = self.language.notice_days if spoken_for else 0
        return max(self.notice_days, language, *needs, 0)


def _titled(skill: str) -> str:
    kind, colon, language = skill.partition(":")
    named = language or "that nobody has named"
    return f"interpreter for the language {named}" if colon else kind


def spoken(language: str) -> str:
    """Return the skill of interpreting a spoken language, by its ISO 639 code.

    Of people heard of before languages were kept it is blank: nobody can do that, so staff see it.
    """
    return f"language:{language}"
