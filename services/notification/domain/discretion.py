"""What a message may show when others see it: a shared telephone, a letter opened by the family.

Of what is about health nothing stays: not what it is called, who asks, or what a place is called,
which may be a ward; nor what the person needs. When it is, house number, street and postcode, and
the hub, do: their own page has the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.notification.domain.interpreting import uses_interpreter
from services.notification.domain.letters import Letter
from services.notification.domain.subjects import Invitation, InvitedSession, Venue

STREET = re.compile(r"\d+[a-z]?(?:\s*[-\u2013/]\s*\d+[a-z]?)?\s+[^\W\d]", re.IGNORECASE)
"""How a part of an address begins that says a house number and a street."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a letter shows of what it is about. `due` is the session that it reminds of.

    `film` is None for who does not sign.
    """

    invitation: Invitation | None
    in_calendar: tuple[Invitation, ...]
    due: InvitedSession | None
    film: str | None
    uses_interpreter: bool
    is_discreet: bool


def shown(letter: Letter) -> Shown:
    """Return what the letter may show, by the wish of whom it is for."""
    seen = _discreet(letter) if letter.is_discreet else letter
    shows_needs = not letter.is_discreet
    return Shown(
        invitation=seen.invitation,
        in_calendar=seen.in_calendar,
        due=seen.due_session,
        film=letter.film if shows_needs and letter.participant.signs else None,
        uses_interpreter=shows_needs and uses_interpreter(letter.participant),
        is_discreet=letter.is_discreet,
    )


def discreet(invitation: Invitation) -> Invitation:
    """Return it without what tells others what it is about."""
    hidden = (invitation.title, invitation.partner)
    return replace(
        invitation,
        title="",
        description="",
        partner="",
        sessions=tuple(_unnamed(session, hidden) for session in invitation.sessions),
        dropped=tuple(_unnamed(session, hidden) for session in invitation.dropped),
    )


def _discreet(letter: Letter) -> Letter:
    return replace(
        letter,
        invitation=discreet(letter.invitation) if letter.invitation else None,
        given_up=tuple(discreet(each) for each in letter.given_up),
    )


def _unnamed(session: InvitedSession, hidden: tuple[str, ...]) -> InvitedSession:
    venue = session.venue
    address = ", ".join(_kept(venue, hidden))
    return replace(session, venue=replace(venue, name="", address=address, access=()))


def _kept(venue: Venue, hidden: tuple[str, ...]) -> Iterator[str]:
    """Yield the parts that name a house in a street, and repeat nothing of a name.

    A part without a number may be a hospital or its ward, whatever it is called.
    """
    own = venue.name.casefold()
    names = {each.strip() for each in (*own.split(","), *map(str.casefold, hidden))} - {""}
    for part in (part.strip() for part in venue.address.split(",")):
        plain = part.casefold()
        is_of_a_name = plain in own or any(name in plain for name in names)
        if STREET.match(part) and not is_of_a_name:
            yield part
