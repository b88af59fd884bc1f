"""Until when a participant's link opens anything."""

from datetime import datetime

from services.console.ports import InvitationView
from shared.links import Link, invitation_ends


def link_ends(invitation: InvitationView) -> datetime:
    """Return when the links of an invitation end, as it is now."""
    state = invitation.state
    return invitation_ends((each.ends_at for each in state.sessions), state.answer_by)


def is_over(link: Link, now: datetime, *also_until: datetime) -> bool:
    """Whether the link opens nothing any more.

    It opens what it names until both have passed: the end that it was made with, and the one it
    would get now. So nobody is kept out whose sessions moved after their message was sent.
    """
    own = (link.ends_at,) if link.ends_at else ()
    return all(each <= now for each in (*own, *also_until))
