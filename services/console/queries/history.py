"""What became of what a person took part in: in words for their own page, and of nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.console.ports import (
    LIST_LIMIT,
    Asked,
    ChanceView,
    EngagementView,
    FigureView,
    Knowledge,
    SessionView,
)
from services.console.queries.chances import chances_of
from shared.contracts.engagements import OutcomeState
from shared.deadlines import today
from shared.disclosure import FEWEST

MOST_FIGURES = 12


@dataclass(frozen=True, slots=True)
class Work:
    """What a partner promised of an engagement, and told; `is_late`: nothing yet, and it is due."""

    title: str
    partner: str
    decision_owner: str
    feedback_due: date
    figures: tuple[OutcomeState, ...]
    is_late: bool


@dataclass(frozen=True, slots=True)
class Came:
    """A session that the person came to."""

    title: str
    engagement_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """Where a person came, what became of it, and the chances they had; the newest first."""

    sessions: tuple[Came, ...]
    works: tuple[Work, ...]
    chances: tuple[ChanceView, ...]


async def history_of(participant_id: str, known: Knowledge, now: datetime) -> History:
    """Return what a person may see of what they took part in."""
    sessions = await sessions_come_to(participant_id, known)
    engagements = dict.fromkeys(each.engagement_id for each in sessions)
    works = [await work_of(each, known, now) for each in engagements]
    chances = await chances_of(participant_id, known)
    return History(sessions, tuple(each for each in works if each), tuple(chances))


async def sessions_come_to(participant_id: str, known: Knowledge) -> tuple[Came, ...]:
    """Return the sessions of which it was noted that the person came, the newest first."""
    views = await known.sessions.about_person(participant_id)
    found = [each for view in views for each in _come_to(participant_id, view)]
    return tuple(sorted(found, key=lambda each: each.starts_at, reverse=True))


def _come_to(participant_id: str, view: SessionView) -> Iterator[Came]:
    state = view.state
    came = any(
        each.attended and str(each.participant_id) == participant_id for each in state.attendees
    )
    if came and state.starts_at and state.ends_at:
        yield Came(state.title, str(state.engagement_id), state.starts_at, state.ends_at)


async def work_of(engagement_id: str, known: Knowledge, now: datetime) -> Work | None:
    """Return what was promised and told of an engagement; None of one that was never heard of."""
    engagement = await known.engagements.get(engagement_id)
    if engagement is None:
        return None
    figures = await _figures(engagement, known)
    return Work(
        title=engagement.state.title,
        partner=engagement.state.partner,
        decision_owner=engagement.state.decision_owner,
        feedback_due=engagement.state.feedback_due,
        figures=figures,
        is_late=not figures and engagement.state.feedback_due < today(now),
    )


async def _figures(engagement: EngagementView, known: Knowledge) -> tuple[OutcomeState, ...]:
    """Return the newest figures in the order of their periods, small ones left out."""
    asked = Asked(hubs=(engagement.hub,), engagement_id=engagement.id, limit=LIST_LIMIT)
    told = [view.state for view in await known.figures.listed(asked) if _can_be_told(view)]
    newest = sorted(told, key=lambda each: (each.period, each.measure))[-MOST_FIGURES:]
    return tuple(newest)


def _can_be_told(view: FigureView) -> bool:
    """Whether it is no small number of people: nobody can tell what a partner counts."""
    state = view.state
    numbers = (state.value, state.denominator)
    return not any(each is not None and each.is_integer() and 0 < each < FEWEST for each in numbers)
