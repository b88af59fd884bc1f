"""Which sessions an engagement has, when and where; and what staff should know of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from services.scheduling.domain.calendar import LONDON, ONE_DAY, Days, Rhythm
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.planning.slots import Found, Obstacles, Placed
from services.scheduling.domain.sessions.session import Session

NAMESPACE = uuid5(NAMESPACE_URL, "wlc:scheduling")

NOTHING_FOUND = Obstacles(())
"""Where nothing is looked for."""


def session_id(engagement_id: str, number: int) -> str:
    """Return the id of an engagement's session, the same whenever it is arranged."""
    return str(uuid5(NAMESPACE, f"session {engagement_id} {number}"))


def stands(
    panel: Panel, engagement: Engagement, sessions: Sequence[Session], now: datetime
) -> bool:
    """Whether the sessions as arranged suit the engagement as it is now, and none is to move."""
    return _series_stands(panel, engagement, sessions, now) and not to_move(panel, sessions, now)


def to_move(panel: Panel, sessions: Sequence[Session], now: datetime) -> Session | None:
    """Return the first session that staff want moved, and that has not moved since."""
    return next(
        (s for s in sessions if s.is_ahead(now) and panel.moves.get(s.id) == s.calendar_sequence),
        None,
    )


def wanted(
    panel: Panel, engagement: Engagement, sessions: Sequence[Session], now: datetime
) -> tuple[Rhythm, Days] | None:
    """Return how many sessions are to be placed, and in which days; None where all stand.

    A session that has begun stays as it is; the others of the series are placed around it. One
    that is moved stays between those before and after it.
    """
    rhythm, window = engagement.terms.rhythm, engagement.terms.window
    if not _series_stands(panel, engagement, sessions, now):
        return replace(rhythm, count=len(_numbers(engagement, sessions, now))), window
    moving = to_move(panel, sessions, now)
    if moving is None:
        return None
    others = [(s.number, s.meeting.day) for s in sessions if s.announced and s.meeting]
    first = max([window.first, *(d + ONE_DAY for n, d in others if n < moving.number)])
    last = min([window.last, *(d - ONE_DAY for n, d in others if n > moving.number)])
    return replace(rhythm, count=1), Days(first, last)


def arranged(
    sessions: Sequence[Session], panel: Panel, engagement: Engagement, found: Found, now: datetime
) -> tuple[Panel, tuple[Session, ...]]:
    """Return the sessions as they are to be, by what was found for what was `wanted`."""
    if _series_stands(panel, engagement, sessions, now):
        moving = to_move(panel, sessions, now)
        return _moved(sessions, panel, moving, found) if moving else (panel, tuple(sessions))
    held = _held(sessions, now)
    by_number = {each.number: each for each in sessions}
    count = engagement.terms.rhythm.count
    numbers = _numbers(engagement, sessions, now)
    blank = [by_number.get(n) or _new(n, panel, engagement) for n in numbers]
    surplus = [each.cancelled() for n, each in by_number.items() if n > count]
    again = {each.number: each for each in (*surplus, *held, *_dated(blank, found))}
    terms = engagement.terms if isinstance(found, Placed) or not blank else None
    panel = replace(panel, arranged_for=terms, moves={}, to_place=terms is None)
    return panel, tuple(again[n] for n in sorted(again))


def called_off(sessions: Sequence[Session], now: datetime) -> tuple[Session, ...]:
    """Return the sessions of an engagement that was closed; what has begun is history."""
    return tuple(each if each.begun(now) else each.cancelled() for each in sessions)


def described(session: Session, panel: Panel, engagement: Engagement) -> Session:
    """Return the session under the words that the engagement has now."""
    return replace(
        session,
        title=engagement.title,
        partner=engagement.partner,
        engagement_reference=engagement.reference,
        match_id=panel.match_id,
    )


def _series_stands(
    panel: Panel, engagement: Engagement, sessions: Sequence[Session], now: datetime
) -> bool:
    terms = engagement.terms
    if panel.arranged_for is None:
        return False
    if panel.arranged_for == terms:
        return True
    ahead = [each for each in sessions if each.is_ahead(now)]
    days = [each.starts_at.astimezone(LONDON).date() for each in ahead if each.starts_at]
    return terms.differs_only_in_window(panel.arranged_for) and all(
        day in terms.window for day in days
    )


def _held(sessions: Sequence[Session], now: datetime) -> list[Session]:
    """Return those that stay as they are: they have begun, or staff called them off."""
    return [each for each in sessions if each.begun(now) or each.called_off]


def _numbers(engagement: Engagement, sessions: Sequence[Session], now: datetime) -> list[int]:
    """Return the numbers of the sessions that are to get a time."""
    held = {each.number for each in _held(sessions, now)}
    return [n for n in range(1, engagement.terms.rhythm.count + 1) if n not in held]


def _moved(
    sessions: Sequence[Session], panel: Panel, moving: Session, found: Found
) -> tuple[Panel, tuple[Session, ...]]:
    """Return the session at its new time, or where it was, with what stands in the way."""
    if isinstance(found, Placed):
        [again] = _dated([moving], found)
    else:
        again = moving.unmoved(found.reasons)
    left = {key: count for key, count in panel.moves.items() if key != moving.id}
    panel = replace(panel, moves=left, to_place=bool(left))
    return panel, tuple(again if each.id == moving.id else each for each in sessions)


def _dated(blank: Sequence[Session], found: Found) -> list[Session]:
    """Return the sessions with their dates; without any, one that is new stands for all."""
    if isinstance(found, Placed):
        return [
            each.at(meeting, found.venue, support, found.choice)
            for each, meeting, support in zip(blank, found.meetings, found.support, strict=True)
        ]
    return [
        each.unscheduled(found.reasons, found.unmet)
        for n, each in enumerate(blank)
        if each.version or n == 0
    ]


def _new(number: int, panel: Panel, engagement: Engagement) -> Session:
    return Session(
        id=session_id(engagement.id, number),
        hub=panel.hub,
        correlation_id=panel.correlation_id,
        engagement_id=engagement.id,
        engagement_reference=engagement.reference,
        match_id=panel.match_id,
        title=engagement.title,
        partner=engagement.partner,
        number=number,
        places=panel.places,
    )
