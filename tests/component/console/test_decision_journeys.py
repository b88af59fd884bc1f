"""What staff decide on the console while matching draws: both show the same panel afterwards."""

from uuid import UUID

import pytest

from services.console.ports import MatchView
from services.console.use_cases.match_people import pair_id
from services.matching.domain.matches import Match, Status
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchProposed, MatchStatus
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.matching import a_person, erased, left, published, registered
from tests.fakes.matching_service import Matching


class Journey:
    """The console and matching, which hear each other only when told to."""

    def __init__(self) -> None:
        self.console, self.matching = ConsoleInMemory(), Matching()
        self.people = [a_person() for _ in range(4)]
        self.engagement: EngagementPublished = published(places=2)
        self._heard = 0

    async def begin(self) -> None:
        """Have a panel drawn and shown to staff."""
        await self.matching.hears(*map(registered, self.people), self.engagement)
        await self.matching.draws()
        await self.console_hears()

    async def console_hears(self) -> None:
        """Bring the console all that matching said since."""
        told = self.matching.kept.store.events[self._heard :]
        self._heard += len(told)
        await self.console.hear(*map(_received, told))

    async def somebody_leaves(self) -> None:
        """Have another panel drawn, of which the console does not hear yet."""
        gone = self.matching.first_chosen(self.engagement, self.people)
        await self.matching.hears(left(gone))
        await self.matching.draws()

    async def send_back(self, choice: str, *, sequence: int) -> Event:
        """Press a button on the page of the match; return what the console says."""
        address = f"/matches/{self.match.id}"
        async with self.console.signed_in() as browser:
            data = {"sequence": sequence, "choice": choice, "reason": "not_balanced"}
            await browser.post(address, data=data)
        return self.console.stored.events[-1]

    @property
    def match(self) -> Match:
        """The match as matching keeps it."""
        return self.matching.match_of(self.engagement)

    @property
    def shown(self) -> MatchView:
        """The match as the console shows it."""
        [view] = self.console.stored.known.matches.entities.values()  # type: ignore[attr-defined]
        assert isinstance(view, MatchView)
        return view

    @property
    def waits(self) -> bool:
        """Whether the console shows the newest panel, and that nobody decided on it."""
        same = self.shown.state == self.matching.state_of(self.engagement)
        return same and self.shown.sequence == self.match.version and self.shown.decided_by is None


def _received(event: Event) -> Event:
    return type(event).model_validate_json(event.model_dump_json())


@pytest.mark.parametrize("choice", ["rest", "draw_again"])
@pytest.mark.parametrize("hears_itself_first", [True, False])
async def test_a_panel_drawn_while_an_older_one_is_sent_back_waits_for_staff(
    choice: str, *, hears_itself_first: bool
) -> None:
    journey = Journey()
    await journey.begin()
    await journey.somebody_leaves()

    decision = await journey.send_back(choice, sequence=1)
    await journey.matching.hears(decision)
    await journey.matching.draws()
    if hears_itself_first:
        await journey.console.hear(_received(decision))
    await journey.console_hears()
    await journey.console.hear(_received(decision))

    assert journey.match.status is Status.PROPOSED
    assert journey.shown.state.status is MatchStatus.PROPOSED
    assert [event.sequence for event in journey.matching.said(MatchProposed)] == [1, 2]
    assert journey.waits


async def test_a_panel_is_approved_after_it_was_drawn_without_who_was_left_out() -> None:
    journey = Journey()
    await journey.begin()
    gone = journey.matching.first_chosen(journey.engagement, journey.people)
    address = f"/matches/{journey.match.id}"
    person = pair_id(UUID(journey.match.id), gone.participant_id)
    leave_out = {"sequence": 1, "choice": "already_involved"}

    async with journey.console.signed_in() as browser:
        await browser.post(f"{address}/people/{person}", data=leave_out)
        await journey.matching.hears(_received(journey.console.stored.events[-1]))
        too_early = await browser.post(address, data={"sequence": 1, "choice": "approve"})
        await journey.matching.draws()
        await journey.console_hears()
        done = await browser.post(address, data={"sequence": 2, "choice": "approve"})
    await journey.matching.hears(_received(journey.console.stored.events[-1]))

    assert (too_early.status_code, done.status_code) == (409, 303)
    assert journey.match.status is Status.APPROVED
    assert str(gone.participant_id) not in journey.match.named


async def test_a_panel_sent_back_while_a_member_is_erased_rests_on_both_sides() -> None:
    journey = Journey()
    await journey.begin()
    gone = journey.matching.first_chosen(journey.engagement, journey.people)
    await journey.matching.hears(erased(gone))

    decision = await journey.send_back("rest", sequence=1)
    await journey.matching.hears(decision)
    await journey.matching.draws()
    await journey.console_hears()

    assert journey.match.status is Status.SENT_BACK
    assert journey.shown.state.status is MatchStatus.SENT_BACK


@pytest.mark.parametrize(("sequence", "pages"), [(1, 0), (2, 3), (3, 3)])
async def test_a_match_that_was_drawn_before_is_said_to_be_drawn_again_until_it_is_decided(
    sequence: int, pages: int
) -> None:
    console, page = ConsoleInMemory(), f"/matches/{an_event(MatchProposed).data.match_id}"
    await console.hear(an_event(MatchProposed, sequence=sequence))

    async with console.signed_in() as browser:
        waiting = [(await browser.get(path)).text for path in ("/", "/matches", page)]
        await browser.post(page, data={"sequence": str(sequence), "choice": "approve"})
        decided = [(await browser.get(path)).text for path in ("/matches", page)]

    assert sum("Drawn again" in each for each in waiting) == pages
    assert "Drawn again" not in "".join(decided)
