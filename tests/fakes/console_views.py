"""What the console knows of engagements and people, in memory."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from services.console.ports import (
    AccessRequest,
    Asked,
    Asking,
    ChanceView,
    Counted,
    Counts,
    Group,
    InvitationView,
    Invited,
    MatchRow,
    MatchView,
    PersonView,
    Standing,
    View,
    WhatIfView,
)
from services.console.ports.search import found_by, is_found
from shared.contracts.participants import ParticipantStatus
from tests.fakes.console_rows import match_row
from tests.fakes.store import InMemoryCollection

V = TypeVar("V", bound=View)


class InMemoryAccessRequests(InMemoryCollection[AccessRequest]):
    """See ports.AccessRequests."""

    async def open_in(self, hubs: Collection[str]) -> list[AccessRequest]:
        wanted = frozenset(hubs)
        found = await self.where(lambda each: each.hub in wanted and not each.answered_on)
        return sorted(found, key=lambda each: each.due_on)


class InMemoryViews(InMemoryCollection[V]):
    """See ports.Views."""

    def __init__(
        self, name: str, *, people: Callable[[V], set[str]], status: Callable[[V], str]
    ) -> None:
        super().__init__(name)
        self._people = people
        self._status = status

    async def listed(self, asked: Asked) -> list[V]:
        found = sorted(
            await self.where(lambda view: self._is_asked(view, asked)),
            key=lambda view: (view.at, view.id),
            reverse=not asked.oldest_first,
        )
        return found[asked.skip : asked.skip + asked.limit]

    async def how_many(self, asked: Asked, *, at_most: int | None = None) -> int:
        return len((await self.where(lambda view: self._is_asked(view, asked)))[:at_most])

    async def about_person(self, participant_id: str) -> list[V]:
        return await self.where(lambda view: participant_id in self._people(view))

    def _is_asked(self, view: V, asked: Asked) -> bool:
        engagement_id = str(getattr(view, "state").engagement_id)  # noqa: B009 - each view has its own
        return (
            view.hub in asked.hubs
            and (not asked.statuses or self._status(view) in asked.statuses)
            and not (asked.undone and getattr(view, "done_by", None))
            and asked.engagement_id in {None, engagement_id}
            and asked.reference in {None, getattr(getattr(view, "state"), "reference", None)}  # noqa: B009 - each view has its own
            and is_found(view, asked.words)
            and (asked.start is None or asked.start <= view.at)
            and (asked.end is None or view.at < asked.end)
        )


class InMemoryMatches(InMemoryViews[MatchView]):
    """See ports.Matches."""

    async def rows(self, asked: Asked) -> list[MatchRow]:
        return [match_row(each) for each in await self.listed(asked)]

    async def with_answers_inside(self, limit: int) -> list[MatchView]:
        def is_meant(view: MatchView) -> bool:
            return any(each.features for each in (*view.state.panel, *view.state.reserves))

        return (await self.where(is_meant))[:limit]


class InMemoryInvitations(InMemoryViews[InvitationView]):
    """See ports.Invitations."""

    async def invited_to(self, engagement_id: str, hub: str) -> list[Invited]:
        about = Asked(hubs=(hub,), engagement_id=engagement_id)
        return [each.invited for each in await self.listed(about)]


class InMemoryPeople(InMemoryCollection[PersonView]):
    """See ports.People."""

    async def standings(self, participant_ids: Collection[str]) -> dict[str, Standing]:
        people = await self.where(lambda person: person.id in participant_ids)
        return {each.id: Standing(reference=each.reference, status=each.status) for each in people}

    async def known_as(self, reference: str, hub: str) -> list[PersonView]:
        def is_meant(person: PersonView) -> bool:
            called = {person.reference, *(each.reference for each in person.references)}
            is_erased = person.status is ParticipantStatus.ERASED
            return person.hub == hub and reference in called and not is_erased

        return sorted(await self.where(is_meant), key=lambda person: person.id)

    async def called_like(
        self, beginning: str, hubs: tuple[str, ...], *, limit: int, skip: int = 0
    ) -> list[PersonView]:
        found = await self._called_like(beginning, hubs)
        return found[skip : skip + limit]

    async def how_many_called_like(
        self, beginning: str, hubs: tuple[str, ...], *, at_most: int
    ) -> int:
        return min(at_most, len(await self._called_like(beginning, hubs)))

    async def _called_like(self, beginning: str, hubs: tuple[str, ...]) -> list[PersonView]:
        def called(person: PersonView) -> list[str]:
            return [each for each in found_by(person) if each.startswith(beginning)]

        found = await self.where(lambda person: person.hub in hubs and bool(called(person)))
        return sorted(found, key=lambda person: (person.hub, called(person)[0]))


class InMemoryChances(InMemoryCollection[ChanceView]):
    """See ports.Chances."""

    async def about_person(self, participant_id: str) -> list[ChanceView]:
        found = await self.where(lambda row: row.participant_id == participant_id)
        return sorted(found, key=lambda row: row.drawn_at, reverse=True)


class InMemoryWhatIfs(InMemoryCollection[WhatIfView]):
    """See ports.WhatIfs."""

    async def about_person(self, participant_id: str) -> list[WhatIfView]:
        def is_named(row: WhatIfView) -> bool:
            moves = row.answered.moves if row.answered else ()
            named = {row.asked.participant_id, *(each.participant_id for each in moves)}
            return participant_id in map(str, named)

        return await self.where(is_named)


class InMemoryAskings(InMemoryCollection[Asking]):
    """See ports.Askings; needs and answers are looked up where they lie."""

    def __init__(
        self, people: InMemoryCollection[PersonView], groups: InMemoryCollection[Group]
    ) -> None:
        super().__init__("askings")
        self._people = people
        self._groups = groups

    async def about_person(self, participant_id: str) -> list[Asking]:
        return await self.where(lambda row: row.participant_id == participant_id)

    async def counted(self, hub: str, moments: Sequence[datetime]) -> list[list[Counted]]:
        return [await self._counted(hub, end) for end in moments]

    async def _counted(self, hub: str, end: datetime) -> list[Counted]:
        rows = await self.where(lambda row: row.hub == hub and row.at < end)
        sums: dict[tuple[str, str], Counts] = defaultdict(Counts)
        seen: set[str] = set()
        for row in sorted(rows, key=lambda row: (row.at, row.id)):
            first = set() if row.participant_id in seen else {("first", "")}
            seen.add(row.participant_id)
            for value in self._values(row) | first:
                before = sums[value]
                sums[value] = Counts(
                    asked=before.asked + 1,
                    told=before.told + row.told,
                    reached=before.reached + row.reached,
                    answered=before.answered + row.answered,
                )
        return [Counted(feature=k, value=v, counts=counts) for (k, v), counts in sums.items()]

    def _values(self, row: Asking) -> set[tuple[str, str]]:
        person, group = self._people.entities.get(row.participant_id), self._groups.entities
        needs = (person.needs if person else ()) or ("",)
        answered = group[row.participant_id].answers if row.participant_id in group else {}
        named = {("all", ""), ("channel", row.channel or "")}
        return named | {("need", need) for need in needs} | set(answered.items())
