"""Which sessions an engagement has, when and where; and what staff should know of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from services.scheduling.domain.access import AccessRules
from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.calendar import LONDON
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import Invitation
from services.scheduling.domain.panels import Panel
from services.scheduling.domain.sessions import Attendee, Session
from services.scheduling.domain.slots import Obstacles, Placed, Rules, Wish, place

NAMESPACE = uuid5(NAMESPACE_URL, "wlc:scheduling")
EMPTY_PANEL = Obstacles(("nobody is left on the panel",))


def session_id(engagement_id: str, number: int) -> str:
    """Return the id of an engagement's session, the same whenever it is arranged."""
    return str(uuid5(NAMESPACE, f"session {engagement_id} {number}"))


def stands(
    panel: Panel, engagement: Engagement, sessions: Sequence[Session], now: datetime
) -> bool:
    """Whether the sessions as arranged suit the engagement as it is now."""
    terms = engagement.terms
    if panel.arranged_for is None:
        return False
    if panel.arranged_for == terms:
        return True
    ahead = [each for each in sessions if each.announced and not each.begun(now)]
    days = [each.starts_at.astimezone(LONDON).date() for each in ahead if each.starts_at]
    return terms.differs_only_in_window(panel.arranged_for) and all(
        day in terms.window for day in days
    )


def arranged(
    sessions: Sequence[Session], panel: Panel, wish: Wish, rules: Rules, now: datetime
) -> tuple[Panel, tuple[Session, ...]]:
    """Return the sessions as they should be: as they are when they still suit, else anew.

    A session that has begun stays as it is; the others of the series are placed around it.
    """
    engagement = wish.engagement
    if stands(panel, engagement, sessions, now):
        kept = tuple(_described(each, panel, engagement) for each in sessions)
        return replace(panel, arranged_for=engagement.terms), kept
    held = [each for each in sessions if each.begun(now)]
    left = replace(wish.rhythm, count=wish.rhythm.count - len(held))
    found = _placed(replace(wish, rhythm=left), rules, now)
    by_number = {each.number: each for each in sessions}
    numbers = [n for n in range(1, wish.rhythm.count + 1) if n not in {s.number for s in held}]
    blank = [by_number.get(n) or _new(n, panel, engagement) for n in numbers]
    pending = _dated(blank, found)
    surplus = [by_number[n].cancelled() for n in by_number if n > wish.rhythm.count]
    again = {each.number: each for each in (*surplus, *held, *pending)}
    described = (_described(again[n], panel, engagement) for n in sorted(again))
    terms = engagement.terms if isinstance(found, Placed) else None
    return replace(panel, arranged_for=terms), tuple(described)


def called_off(sessions: Sequence[Session], now: datetime) -> tuple[Session, ...]:
    """Return the sessions of an engagement that was closed; what has begun is history."""
    return tuple(each if each.begun(now) else each.cancelled() for each in sessions)


def noted(
    session: Session,
    panel: Panel,
    invitations: Mapping[str, Invitation],
    *,
    people: Mapping[str, Attendant],
    access: AccessRules,
    now: datetime,
) -> Session:
    """Return the session with who is invited, how many are missing, and which need is not met."""
    if session.begun(now):
        remembered = [a for a in session.attendees if not people[a.participant_id].erased]
        return replace(session, attendees=tuple(remembered))
    attendees = tuple(
        Attendee(each.participant_id, each.reference, each.id, each.answer)
        for each in sorted(invitations.values(), key=lambda each: each.reference)
        if not people[each.participant_id].erased and _concerns(session, each)
    )
    session = replace(
        session,
        attendees=attendees,
        missing=panel.missing,
        places=panel.places,
        match_sequence=panel.match_sequence,
    )
    if not session.announced or session.venue is None:
        return session
    members = (people[member.participant_id] for member in panel.members)
    lacking = sorted(session.venue.lacks(access.features(members)))
    reasons = (f"{session.venue.name} lacks {', '.join(lacking)}",) if lacking else ()
    return replace(session, reasons=reasons)


def _concerns(session: Session, invitation: Invitation) -> bool:
    return session.starts_at is None or any(
        invited.session_id == session.id for invited in invitation.sessions
    )


def _placed(wish: Wish, rules: Rules, now: datetime) -> Placed | Obstacles:
    if wish.rhythm.count <= 0:
        return Obstacles(())
    return place(wish, rules, now) if wish.people else EMPTY_PANEL


def _dated(blank: Sequence[Session], found: Placed | Obstacles) -> list[Session]:
    """Return the sessions with their dates; without any, one that is new stands for all."""
    if isinstance(found, Placed):
        return [
            each.at(meeting, found.venue)
            for each, meeting in zip(blank, found.meetings, strict=True)
        ]
    return [
        each.unscheduled(found.reasons) for n, each in enumerate(blank) if each.version or n == 0
    ]


def _described(session: Session, panel: Panel, engagement: Engagement) -> Session:
    return replace(
        session,
        title=engagement.title,
        partner=engagement.partner,
        engagement_reference=engagement.reference,
        match_id=panel.match_id,
    )


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
