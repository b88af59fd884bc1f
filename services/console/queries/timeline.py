"""What happened to an engagement, in the order of time, without who the people are."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.console.ports import (
    AUTOMATICALLY,
    Asked,
    AuditRow,
    ChangeView,
    EngagementView,
    Knowledge,
    MatchView,
    MessageView,
    SessionView,
    TraceEntry,
)
from shared.contracts.messages import MessageStatus

TOGETHER = timedelta(minutes=1)
"""What is alike and at most so far apart is told as one."""
SAME_ACT = timedelta(seconds=5)
"""An event and a row of the audit trail that are so near are of one act."""
HERE = "console"
DRAWN = {"match.proposed": "drawn", "match.fell_short": "drawn_short"}
MESSAGES = {
    f"notification.{name}": f"message_{name}" for name in ("sent", "delivered", "failed")
} | {"notification.call_needed": "call_needed"}
LEFT_OUT = frozenset(
    {
        "erasure.confirmed",
        "film.supplied",
        "invitation.reminder_due",
        "match.chances_remembered",
        "match.change_requested",
        "match.what_if_answered",
        "match.what_if_asked",
        "participant.contact_changed",
        "participant.erased",
        "participant.left",
        "participant.registered",
        "participant.updated",
        "preview.rendered",
        "preview.requested",
        "reply.accepted",
        "reply.another_time",
        "reply.declined",
        "reply.consent_withdrawn",
        "reply.details_given",
        "reply.details_link_asked",
        "reply.erasure_asked",
        "session.attendance_noted",
        "session.cancel_requested",
        "session.move_requested",
        "session.needs_accepted",
        "session.support_changed",
        "session.updated",
    }
)
"""Told by another event that follows from it, by the audit trail, or of no engagement."""
BY_STAFF = frozenset({"match.approved", "match.sent_back"})
"""Told by the audit trail where staff here decided, and as passed on where that was later."""
MADE = "made"
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened once or, all alike, several times from `at` on.

    `kind` is an event's type or an act of staff, `of` what it is further about, `who` of staff did
    it and `why`; `path` leads to it.
    """

    at: datetime
    kind: str
    of: tuple[str, ...] = ()
    who: str = ""
    why: str = ""
    path: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that happened, the newest first, and how many messages stand where."""

    happenings: tuple[Happening, ...]
    messages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """The read models of one engagement, by id."""

    matches: Mapping[str, MatchView]
    sessions: Mapping[str, SessionView]
    messages: Mapping[str, MessageView]
    changes: Sequence[ChangeView]
    invitations: frozenset[str]


async def timeline_of(engagement: EngagementView, known: Knowledge) -> Timeline:
    """Return what happened to an engagement, and to all that came of it."""
    found = await _found(engagement, known)
    sessions, messages = found.sessions, found.messages
    objects = {engagement.id, *found.matches, *sessions, *found.invitations, *messages}
    changes = {each.id for each in found.changes}
    entries, rows = await asyncio.gather(
        known.trace.of_engagement(engagement.id, objects | changes),
        known.audit.about(objects, found.matches),
    )
    here = [each for each in entries if each.hub == engagement.hub]
    by_people = [each for each in rows if each.who != AUTOMATICALLY]
    told = [*_of_events(here, rows, found), *(_of_row(each, found) for each in by_people)]
    newest_first = sorted(together(told), key=lambda each: each.at, reverse=True)
    return Timeline(tuple(newest_first), Counter(map(_standing, messages.values())))


def together(told: Iterable[Happening]) -> list[Happening]:
    """Return what happened in order, with all that is alike and near told as one."""
    groups: list[Happening] = []
    open_groups: dict[Happening, tuple[int, datetime]] = {}
    for each in sorted(told, key=lambda happening: happening.at):
        alike = replace(each, at=LONG_AGO, count=1)
        place, last = open_groups.get(alike, (None, each.at))
        if place is None or each.at - last > TOGETHER:
            place = len(groups)
            groups.append(each)
        else:
            groups[place] = replace(groups[place], count=groups[place].count + each.count)
        open_groups[alike] = (place, each.at)
    return groups


async def _found(engagement: EngagementView, known: Knowledge) -> _Found:
    about = Asked(hubs=(engagement.hub,), engagement_id=engagement.id)
    matches, sessions, messages, changes, invitations = await asyncio.gather(
        known.matches.listed(about),
        known.sessions.listed(about),
        known.messages.listed(about),
        known.changes.listed(about),
        known.invitations.listed(about),
    )
    return _Found(
        {each.id: each for each in matches},
        {each.id: each for each in sessions},
        {each.id: each for each in messages},
        changes,
        frozenset(each.id for each in invitations),
    )


def _of_events(
    entries: Sequence[TraceEntry], rows: Sequence[AuditRow], found: _Found
) -> Iterator[Happening]:
    noted_here = {each.id for each in entries if _name(each) == "session.attendance_noted"}
    drawn_before = False
    for entry in reversed(entries):
        name = _name(entry)
        by_staff = name in BY_STAFF and entry.source == HERE
        is_told = name in LEFT_OUT or entry.causation_id in noted_here
        if is_told or (by_staff and _has_row(entry, rows)):
            continue
        if by_staff:
            name += ".later"
        if name in DRAWN:
            yield _drawn(entry, again=drawn_before)
            drawn_before = True
            continue
        yield _of_entry(entry, name, found)


def _of_entry(entry: TraceEntry, name: str, found: _Found) -> Happening:
    if message := found.messages.get(entry.subject):
        of = (message.state.kind, message.state.channel)
        return Happening(at=entry.at, kind=MESSAGES.get(name, name), of=of)
    if session := found.sessions.get(entry.subject):
        number, path = str(session.state.number), f"/sessions/{session.id}"
        return Happening(at=entry.at, kind=name, of=(number,), path=path)
    path = f"/matches/{entry.subject}" if entry.subject in found.matches else ""
    return Happening(at=entry.at, kind=MESSAGES.get(name, name), path=path)


def _drawn(entry: TraceEntry, *, again: bool) -> Happening:
    kind = DRAWN[_name(entry)] + ("_again" if again else "")
    return Happening(at=entry.at, kind=kind, path=f"/matches/{entry.subject}")


def _of_row(row: AuditRow, found: _Found) -> Happening:
    about, _, person = row.about.partition(" ")
    of: tuple[str, ...] = ()
    path = f"/matches/{about}" if about in found.matches else ""
    if session := found.sessions.get(about):
        of, path = (str(session.state.number),), f"/sessions/{about}"
    why = _why(row, person, found.changes) if person else ""
    return Happening(at=row.at, kind=row.what, of=of, who=row.who, why=why, path=path)


def _why(row: AuditRow, person: str, changes: Sequence[ChangeView]) -> str:
    """Return the reason for which somebody was left out; only of the newest change it is known."""
    for each in changes:
        is_meant = str(each.state.participant_id) == person and _is_one_act(each.at, row.at)
        if is_meant and each.state.reason:
            return each.state.reason.value
    return ""


def _has_row(entry: TraceEntry, rows: Sequence[AuditRow]) -> bool:
    return any(row.about == entry.subject and _is_one_act(row.at, entry.at) for row in rows)


def _is_one_act(first: datetime, second: datetime) -> bool:
    return abs(first - second) <= SAME_ACT


def _standing(message: MessageView) -> str:
    """Return the status of a message; of a call that was made, that it was."""
    is_made = message.state.status is MessageStatus.TO_CALL and message.done_by
    return MADE if is_made else message.state.status.value


def _name(entry: TraceEntry) -> str:
    """Return the type of an event without what all types have: match.proposed."""
    return entry.type.removeprefix("wlc.").rpartition(".v")[0]
