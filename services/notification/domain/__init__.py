"""Who is told what, by which channel, and what is no longer worth telling."""

from services.notification.domain.letterhead import Hub, Letterhead
from services.notification.domain.messages import (
    FOLLOW_UPS,
    ONLY_CALLED,
    TRIES_WITHOUT_CONTACT,
    Kind,
    Letter,
    Message,
    RefusedError,
    Status,
    message_id,
    silence_id,
)
from services.notification.domain.people import (
    NORMAL_POINT_SIZE,
    Addressee,
    Channel,
    Contact,
    Participant,
    SealedCard,
    Standing,
)
from services.notification.domain.subjects import (
    ENDED_BY_LEAVING,
    Chosen,
    Invitation,
    InvitedSession,
    Match,
    Session,
    Venue,
)

__all__ = [
    "ENDED_BY_LEAVING",
    "FOLLOW_UPS",
    "NORMAL_POINT_SIZE",
    "ONLY_CALLED",
    "TRIES_WITHOUT_CONTACT",
    "Addressee",
    "Channel",
    "Chosen",
    "Contact",
    "Hub",
    "Invitation",
    "InvitedSession",
    "Kind",
    "Letter",
    "Letterhead",
    "Match",
    "Message",
    "Participant",
    "RefusedError",
    "SealedCard",
    "Session",
    "Standing",
    "Status",
    "Venue",
    "message_id",
    "silence_id",
]
