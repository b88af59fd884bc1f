"""Why a person was chosen, in sentences that staff and the person may read."""

from collections.abc import Iterator

from services.matching.domain.candidates import Candidate, Slot
from services.matching.domain.eligibility import distance_km, free_slots
from services.matching.domain.engagements import Engagement
from shared.languages import LANGUAGES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOON, EVENING = 12 * 60, 17 * 60
SLOTS_NAMED = 2
CAPITALS = frozenset({"nhs"})


def reasons(candidate: Candidate, engagement: Engagement) -> tuple[str, ...]:
    """Return what of the person answers what was asked for; never a need, never a name."""
    return tuple(_reasons(candidate, engagement))


def _reasons(candidate: Candidate, engagement: Engagement) -> Iterator[str]:
    asked = dict.fromkeys((*engagement.all_of, *engagement.any_of))
    for tag in asked:
        if tag in candidate.lived_experience:
            yield f"has lived experience of {words(tag)}"
    if engagement.boroughs and candidate.borough:
        yield f"lives in {candidate.borough}"
    yield from _getting_there(candidate, engagement)
    spoken = [
        LANGUAGES.get(code, code) for code in engagement.languages if code in candidate.languages
    ]
    if spoken:
        yield f"uses a language asked for ({', '.join(spoken)})"
    for slot in free_slots(candidate, engagement)[:SLOTS_NAMED]:
        yield f"free on {DAYS[slot.day]} {_part_of_day(slot)} in the window"


def _getting_there(candidate: Candidate, engagement: Engagement) -> Iterator[str]:
    distance = distance_km(candidate, engagement)
    in_reach = distance is not None and distance <= candidate.travel_km
    if engagement.site.in_person and candidate.in_person and distance is not None and in_reach:
        yield f"lives {max(1, round(distance))} km from the venue"
    elif engagement.site.online and candidate.online:
        yield "can join online"


def _part_of_day(slot: Slot) -> str:
    if slot.start >= EVENING:
        return "evenings"
    return "mornings" if slot.start < NOON else "afternoons"


def words(tag: str) -> str:
    """Return a tag of lived experience as it is read."""
    words = tag.replace("-", " ").replace("_", " ").split(" ")
    return " ".join(word.upper() if word in CAPITALS else word for word in words)
