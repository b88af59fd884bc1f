"""The request for people who are missing, in words that a partner can act on."""

from collections.abc import Iterator
from uuid import UUID, uuid5

from services.matching.domain.engagements import Engagement
from services.matching.domain.reasons import words
from shared.sortition.outreach import Wanted

REQUESTS = UUID("7d0b7f0e-1c53-5e0c-8b9a-3c6f6a1c2e84")


def outreach_id(match_id: str) -> str:
    """Return the id of a match's request: there is one, opened and closed as people come."""
    return str(uuid5(REQUESTS, match_id))


def sentence(wanted: Wanted, engagement: Engagement) -> str:
    """Say whom to look for: `2 people with ethnicity: black, from Brent, with experience of X`."""
    return ", ".join((wanted.sentence, *_asked(engagement)))


def _asked(engagement: Engagement) -> Iterator[str]:
    if engagement.boroughs:
        yield f"from {' or '.join(engagement.boroughs)}"
    if engagement.age_min is not None or engagement.age_max is not None:
        yield _ages(engagement.age_min, engagement.age_max)
    if engagement.all_of:
        yield f"with experience of {' and '.join(map(words, engagement.all_of))}"
    if engagement.any_of:
        yield f"with experience of {' or '.join(map(words, engagement.any_of))}"
    if engagement.languages:
        yield f"who use {' or '.join(engagement.languages)}"


def _ages(youngest: int | None, oldest: int | None) -> str:
    if youngest is None:
        return f"aged up to {oldest}"
    return f"aged {youngest} or over" if oldest is None else f"aged {youngest} to {oldest}"
