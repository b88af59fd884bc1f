"""A panel that is to be like the people here, on records in memory."""

from typing import Any

from services.matching.domain.population import Population
from shared.contracts.matches import MatchApproved, MatchFellShort, MatchState, MatchStatus
from tests.builders.matching import a_person, published, registered
from tests.fakes.matching_service import Matching

BRENT = Population(
    {"Brent": {"ethnicity": {"black": 20, "white": 80}}}, {"west-london": ("Brent",)}
)


async def of_brent(
    matching: Matching, feature: str, value: str, times: float, **asked: Any
) -> MatchState:
    people = [a_person(monitoring={"ethnicity": each}) for each in ("black", "white") * 9]
    raised = {feature: {value: times}}
    engagement = published(places=10, quotas="population", over_representation=raised, **asked)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    return matching.state_of(engagement)


async def test_a_panel_has_more_of_a_value_that_was_raised_on_purpose_and_says_so() -> None:
    state = await of_brent(Matching(population=BRENT), "ethnicity", "black", 3)

    black, white = state.quotas
    assert state.status is MatchStatus.PROPOSED
    assert (black.min, black.max, black.population_share, black.raised_times) == (3, 5, 0.2, 3)
    assert (white.min, white.max, white.population_share, white.raised_times) == (4, 8, 0.8, None)
    assert black.min <= black.selected <= black.max


async def test_what_is_to_be_raised_and_nobody_counts_is_put_to_staff() -> None:
    state = await of_brent(Matching(population=BRENT), "disability", "yes", 2)

    [lacking] = state.unmet
    assert state.status is MatchStatus.PROPOSED, "nobody who joins could mend it"
    assert lacking.sentence == (
        "disability: yes is to be raised 2 times on purpose, but the census counts nobody of it "
        "among the people of this engagement."
    )


async def test_what_nobody_counts_is_not_approved_by_itself() -> None:
    matching = Matching(population=BRENT)
    state = await of_brent(matching, "disability", "yes", 2, approval="automatic")

    assert state.status is MatchStatus.PROPOSED
    assert matching.said(MatchApproved) == []


async def test_a_hub_without_census_figures_says_so(matching: Matching) -> None:
    await matching.hears(registered(a_person()), published(places=1, quotas="population"))

    await matching.draws()

    [short] = matching.said(MatchFellShort)
    assert short.data.unmet[0].feature == "population"
    assert len(short.data.panel) == 1
