"""What staff want of single people in a draw: on the panel, left out, or back in the draw."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.matching.domain.matches import TAKEN_BACK, Opportunity
from shared.sortition.draw import QuotaFit
from shared.sortition.relaxation import PLACES, Shortfall, people_are


class Change(StrEnum):
    """`pin`: on the panel, not by lot. `exclude`: not drawn. `ask_again`: by lot, as anybody."""

    PIN = "pin"
    EXCLUDE = "exclude"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True, slots=True)
class StaffChange:
    """The newest that staff want of a person for an engagement; why is not kept here.

    `asked` is how often the person had been invited then: what they give up later stands.
    """

    id: str
    engagement_id: str
    participant_id: str
    change: Change
    asked: int
    sequence: int
    version: int = 0

    def looks_past(self, opportunity: Opportunity) -> bool:
        """Whether staff knew that the person gave this asking up, and want them all the same."""
        return (
            self.change is not Change.EXCLUDE
            and opportunity.participant_id == self.participant_id
            and opportunity.answer in TAKEN_BACK
            and opportunity.asked <= self.asked
        )


def pins_in_the_way(
    fits: Sequence[QuotaFit], unmet: Collection[Shortfall], *, held: int, places: int
) -> tuple[Shortfall, ...]:
    """Return what a panel misses by those held on it, and the draw beside them left unsaid."""
    told = {(each.feature, each.value) for each in unmet}
    missed = (_missed(fit) for fit in fits if (fit.feature, fit.value) not in told)
    too_many = (_too_many(held, places),) if held > places else ()
    return (*too_many, *(shortfall for each in missed for shortfall in each))


def _too_many(held: int, places: int) -> Shortfall:
    sentence = f"{people_are(places)} wanted; {held} hold a place or are put on the panel by staff."
    return Shortfall(PLACES, "", places, held, sentence)


def _missed(fit: QuotaFit) -> Iterator[Shortfall]:
    what = f"wanted for {fit.feature}: {fit.value}"
    beside = f"with those whom staff put on the panel there are {fit.selected}."
    if fit.selected < fit.min:
        sentence = f"{people_are(fit.min)} {what}; {beside}"
        yield Shortfall(fit.feature, fit.value, fit.min, fit.selected, sentence)
    if fit.selected > fit.max:
        sentence = f"No more than {people_are(fit.max)} {what}; {beside}"
        yield Shortfall(fit.feature, fit.value, fit.max, fit.selected, sentence)
