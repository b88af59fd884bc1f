"""Who has a place in an engagement, and who takes it over when somebody goes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.scheduling.domain.engagements.choosing import Chosen
from services.scheduling.domain.engagements.engagement import Terms


@dataclass(frozen=True, slots=True)
class Member:
    """One chosen person with the values that count for quotas.

    `asked_again` is how many askings that they gave up staff looked past. `chosen` is not known of
    those from before it was kept. `put_off`: of a reserve who had a place and wants another time.
    """

    participant_id: str
    reference: str
    features: Mapping[str, str] = field(default_factory=dict)
    asked_again: int = 0
    chosen: Chosen | None = None
    put_off: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """How many people of one value the panel is to have."""

    feature: str
    value: str
    min: int
    max: int

    def counts(self, member: Member) -> bool:
        """Whether it is about this member."""
        return member.features.get(self.feature) == self.value

    def missed(self, count: int) -> int:
        """Return by how many people so many miss the quota."""
        return max(self.min - count, count - self.max, 0)

    def deviation(self, members: Sequence[Member]) -> int:
        """Return by how many people these members miss the quota."""
        return self.missed(sum(map(self.counts, members)))


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named member of staff accepted in writing that a need will not be met."""

    need: str
    by: str


@dataclass(frozen=True, slots=True)
class Panel:
    """An approved panel; its id is the engagement's. `former` members may come back.

    Whoever gives or takes a place writes this entity: so of two who do it at once, one has to
    look again. `arranged_for` are the terms for which the sessions were set up; `to_place`: they
    are to be set up with the next plan of the hub. `moves` are the sessions that staff want moved,
    each with the count of changes of time or place that it had.
    """

    id: str
    hub: str
    match_id: str
    match_sequence: int
    correlation_id: str
    places: int
    members: tuple[Member, ...]
    reserves: tuple[Member, ...] = ()
    former: tuple[Member, ...] = ()
    quotas: tuple[Quota, ...] = ()
    arranged_for: Terms | None = None
    to_place: bool = False
    moves: Mapping[str, int] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    version: int = 0

    @property
    def waived(self) -> frozenset[str]:
        """The needs that will not be met, as staff accepted."""
        return frozenset(each.need for each in self.waivers)

    @property
    def missing(self) -> int:
        """How many places nobody holds."""
        return max(self.places - len(self.members), 0)

    @property
    def people(self) -> frozenset[str]:
        """Everybody who has, had or may get a place."""
        everyone = (*self.members, *self.reserves, *self.former)
        return frozenset(member.participant_id for member in everyone)

    def has(self, participant_id: str) -> bool:
        """Whether the person holds a place."""
        return any(member.participant_id == participant_id for member in self.members)

    def has_in_reserve(self, participant_id: str) -> bool:
        """Whether the person may get a place."""
        return any(member.participant_id == participant_id for member in self.reserves)

    def is_put_off(self, participant_id: str) -> bool:
        """Whether the person waits for other times than those there are."""
        return any(m.put_off and m.participant_id == participant_id for m in self.reserves)

    def is_asked_again(self, participant_id: str, asked: int) -> bool:
        """Whether the person has a place though they gave up this asking, the `asked`-th."""
        return any(
            member.participant_id == participant_id and member.asked_again >= asked
            for member in self.members
        )

    def approved_again(self, approved: "Panel") -> "Panel":
        """Return the panel after a later approval: who holds a place keeps it, new people join.

        So do former members who are asked again. New people that no place is left for stand first
        among the reserves, who wants another time stands last.
        """
        named = (*approved.members, *approved.reserves)
        again = {member.participant_id: member for member in named if member.asked_again}
        former = tuple(each for each in self.former if each.participant_id not in again)
        known = {member.participant_id for member in (*self.members, *former)}
        new = [member for member in approved.members if member.participant_id not in known]
        free = max(approved.places - len(self.members), 0)
        taken = known | {member.participant_id for member in new}
        reserves = [m for m in approved.reserves if m.participant_id not in taken]
        return replace(
            approved,
            members=(*(again.get(each.participant_id, each) for each in self.members), *new[:free]),
            reserves=(*new[free:], *reserves, *self._put_off(apart_from=named)),
            former=former,
            arranged_for=self.arranged_for,
            to_place=self.to_place,
            moves=self.moves,
            waivers=self.waivers,
            correlation_id=self.correlation_id,
            version=self.version,
        )

    def _put_off(self, *, apart_from: Sequence[Member]) -> list[Member]:
        named = {member.participant_id for member in apart_from}
        return [m for m in self.reserves if m.put_off and m.participant_id not in named]

    def without(self, gone: Collection[str]) -> "Panel":
        """Return the panel after these people gave up their places, or waiting for another time."""

        def goes(member: Member) -> bool:
            return member.participant_id in gone

        left = [m for m in self.members if goes(m)] + [
            replace(m, put_off=False) for m in self.reserves if m.put_off and goes(m)
        ]
        return replace(
            self,
            members=tuple(m for m in self.members if not goes(m)),
            reserves=tuple(m for m in self.reserves if not (m.put_off and goes(m))),
            former=(*self.former, *left),
        )

    def putting_off(self, people: Collection[str]) -> "Panel":
        """Return the panel with these people last among the reserves: they want another time.

        Also who had given a place up.
        """
        had = (*self.members, *self.former)
        waiting = tuple(replace(m, put_off=True) for m in had if m.participant_id in people)
        if not waiting:
            return self
        rest = self.forgetting({member.participant_id for member in waiting})
        return replace(rest, reserves=(*rest.reserves, *waiting))

    def moving(self, session_id: str, calendar_sequence: int) -> "Panel":
        """Return the panel with a session to be moved from where it was at that count."""
        return replace(self, moves={**self.moves, session_id: calendar_sequence})

    def waiving(self, needs: Collection[str], by: str) -> "Panel":
        """Return the panel with needs accepted as unmet; who did it first stands."""
        new = (Waiver(need, by) for need in sorted(needs) if need not in self.waived)
        return replace(self, waivers=(*self.waivers, *new))

    def forgetting(self, unavailable: Collection[str]) -> "Panel":
        """Return the panel with nothing left of these people."""

        def kept(members: Sequence[Member]) -> tuple[Member, ...]:
            return tuple(m for m in members if m.participant_id not in unavailable)

        return replace(
            self,
            members=kept(self.members),
            reserves=kept(self.reserves),
            former=kept(self.former),
        )

    def without_answers(self, participant_id: str, stay: Collection[str]) -> "Panel":
        """Return the panel without what one person answered, but about some features."""

        def kept(members: Sequence[Member]) -> tuple[Member, ...]:
            return tuple(
                replace(m, features={name: m.features[name] for name in m.features if name in stay})
                if m.participant_id == participant_id
                else m
                for m in members
            )

        return replace(
            self,
            members=kept(self.members),
            reserves=kept(self.reserves),
            former=kept(self.former),
        )

    def waiting(self, busy: Collection[str]) -> "Panel":
        """Return the panel with these members last among the reserves, for something has them."""
        waiting = tuple(m for m in self.members if m.participant_id in busy)
        left = tuple(m for m in self.members if m.participant_id not in busy)
        return replace(self, members=left, reserves=(*self.reserves, *waiting)) if waiting else self

    def promoted(self, unserved: Collection[str] = (), busy: Collection[str] = ()) -> "Panel":
        """Return the panel with a place given to the reserve that fits best.

        Who is `busy` at its sessions waits on; when all are, the panel is as it was.
        """
        free = [member for member in self.reserves if member.participant_id not in busy]
        if not free:
            return self
        best = best_reserve(self.members, free, self.quotas, unserved)
        return replace(
            self,
            members=(*self.members, replace(best, put_off=False)),
            reserves=tuple(member for member in self.reserves if member != best),
        )

    def rejoined(self, participant_id: str) -> "Panel | None":
        """Return the panel with one back who had a place; None when the place is taken."""
        if self.has(participant_id):
            return self
        had = (*self.former, *(m for m in self.reserves if m.put_off))
        back = [replace(m, put_off=False) for m in had if m.participant_id == participant_id]
        if not back or not self.missing:
            return None
        rest = self.forgetting({participant_id})
        return replace(rest, members=(*self.members, *back))


def best_reserve(
    staying: Sequence[Member],
    reserves: Sequence[Member],
    quotas: Sequence[Quota],
    unserved: Collection[str] = (),
) -> Member:
    """Return who keeps the quotas, or misses them least.

    On a tie, somebody who is not `unserved` (the venue does not meet a need of theirs); of several,
    who stands first.
    """

    def fit(reserve: Member) -> tuple[int, bool]:
        return deviation([*staying, reserve], quotas), reserve.participant_id in unserved

    return min(reserves, key=fit)


def deviation(members: Sequence[Member], quotas: Sequence[Quota]) -> int:
    """Return by how many people these members miss the quotas, summed."""
    return sum(quota.deviation(members) for quota in quotas)
