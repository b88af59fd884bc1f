"""What staff may know about one participant, and in which engagements."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.console.ports import (
    ChanceView,
    ErasureView,
    InvitationView,
    Knowledge,
    MessageView,
    PersonView,
    SessionView,
    TimesView,
)
from services.console.use_cases.naming import answer_of, known_in
from shared.contracts.participants import ParticipantStatus
from shared.contracts.sessions import Answer, Attendee

V = TypeVar("V", InvitationView, MessageView)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session of an engagement, and the person's place there."""

    session: SessionView
    place: Attendee


@dataclass(frozen=True, slots=True)
class Involvement:
    """One engagement in which staff may know the person: their answer, sessions and messages."""

    engagement_id: str
    invitation: InvitationView | None
    sittings: Sequence[Sitting]
    messages: Sequence[MessageView]

    @property
    def title(self) -> str:
        """What the engagement is called, as far as the person heard of it."""
        if self.invitation:
            return self.invitation.state.title
        return self.sittings[0].session.state.title if self.sittings else ""

    @property
    def answer(self) -> Answer | None:
        """The newest answer, if they were invited."""
        return answer_of(self.invitation) if self.invitation else None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One participant as staff see them, who stays a code in all `others` engagements.

    A chance that is told of those as well would find their row of the match.
    """

    person: PersonView
    times: TimesView | None
    involvements: Sequence[Involvement]
    others: int
    messages: Sequence[MessageView]
    chances: Sequence[ChanceView] = ()
    erasure: ErasureView | None = None


async def page_of_person(
    person: PersonView, known: Knowledge, *, named_before_yes: Collection[str]
) -> PersonPage:
    """Return what is known; of who was erased, that, who confirmed it, and nothing else.

    Only invitations count as other engagements: a panel that nobody approved tells nothing.
    """
    if person.status is ParticipantStatus.ERASED:
        return PersonPage(person, None, (), 0, (), erasure=await known.erasures.get(person.id))
    times, invitations, sessions, messages, chances = await asyncio.gather(
        known.times.get(person.id),
        known.invitations.about_person(person.id),
        known.sessions.about_person(person.id),
        known.messages.about_person(person.id),
        known.chances.about_person(person.id),
    )
    invited = {str(each.state.engagement_id): each for each in _newest_first(invitations)}
    always = person.hub in named_before_yes
    named = known_in(invitations, messages) | (frozenset(invited) if always else frozenset())
    found = [
        Involvement(
            each,
            invited.get(each),
            _sittings(person, each, sessions),
            [one for one in _newest_first(messages) if str(one.state.engagement_id) == each],
        )
        for each in named
    ]
    by_time = sorted(found, key=_last, reverse=True)
    rest = [one for one in _newest_first(messages) if one.state.engagement_id is None]
    is_here = person.status is ParticipantStatus.ACTIVE
    had = [each for each in chances if is_here and each.engagement_id in named]
    return PersonPage(person, times, by_time, len(invited.keys() - named), rest, had)


def _sittings(
    person: PersonView, engagement_id: str, sessions: Sequence[SessionView]
) -> list[Sitting]:
    return [
        Sitting(session, place)
        for session in sorted(sessions, key=lambda each: each.at)
        if str(session.state.engagement_id) == engagement_id
        for place in session.state.attendees
        if str(place.participant_id) == person.id
    ]


def _last(involvement: Involvement) -> tuple[str, str]:
    """Return what orders engagements: when the person heard of it, as text."""
    views = (involvement.invitation, *involvement.messages)
    return max((each.at.isoformat() for each in views if each), default=""), involvement.title


def _newest_first(views: Sequence[V]) -> list[V]:
    return sorted(views, key=lambda each: (each.at, each.id), reverse=True)
