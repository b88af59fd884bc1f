"""How many people a session needs, and when it is at risk of having fewer."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Answer
from services.scheduling.domain.invitations.reminders import next_daytime
from services.scheduling.domain.sessions.session import Session

LEAST = 2
"""Nobody is to sit there alone."""
COUNTED_BEFORE = timedelta(days=3)
"""From then on only a yes counts; before, whoever may still say yes is waited for."""
ROUNDING = 1e-9


def quorum_of(places: int, share: float) -> int:
    """Return how many people are needed of so many places; never more than there are places."""
    return min(places, max(LEAST, ceil(places * share - ROUNDING)))


def counted_from(session: Session) -> datetime | None:
    """Return from when on only a yes counts, by day; None for a session without a time."""
    if not session.announced or session.starts_at is None:
        return None
    return next_daytime(session.starts_at - COUNTED_BEFORE)


def counted(session: Session, panel: Panel, share: float, now: datetime) -> Session:
    """Return the session with its quorum, and whether it is at risk; one that began is history."""
    if session.begun(now):
        return session
    quorum = quorum_of(panel.places, share)
    return replace(session, quorum=quorum, at_risk=_at_risk(session, panel, quorum, now))


def _at_risk(session: Session, panel: Panel, quorum: int, now: datetime) -> bool:
    """Tell whether too few said yes, and it is late, or nobody is left to be asked instead."""
    since = counted_from(session)
    if since is None:
        return False
    answers = Counter(each.answer for each in session.attendees)
    coming, silent = answers[Answer.ACCEPTED], answers[Answer.INVITED]
    nobody_left = panel.missing > 0 and coming + silent < quorum
    return coming < quorum and (now >= since or nobody_left)
