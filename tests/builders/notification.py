"""What notification hears, and what it keeps."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from services.notification.domain import (
    Addressee,
    Hub,
    Invitation,
    InvitedSession,
    Kind,
    Letter,
    Letterhead,
    Match,
    Message,
    Participant,
    Standing,
    Venue,
)
from shared.contracts import matches, sessions
from shared.contracts.base import Event
from shared.contracts.engagements import Payment
from shared.contracts.participants import (
    Channel,
    ParticipantContactChanged,
    ParticipantState,
    Reference,
    SealedContact,
)
from shared.contracts.sessions import Answer, InvitationState, ReminderState, SessionStatus

E = TypeVar("E", bound=Event)

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
HUB = "west-london"
LINK_KEY = "a key that only tests know of"
LETTERHEAD = Letterhead(
    sender="no-reply@wlc.example.org",
    public_url="https://wlc.example.org",
    hubs={HUB: Hub("West London Collaborative", "team@wlc.example.org", "020 7946 0123")},
)
TITLE = "Leaving the ward"


def an_event(kind: type[E], data: Any, subject: UUID, *, sequence: int = 1, **header: Any) -> E:
    envelope = {
        "id": str(uuid4()),
        "source": "elsewhere",
        "time": NOW,
        "hub": HUB,
        "correlationid": "c-1",
        **header,
    }
    return kind(subject=str(subject), sequence=sequence, data=data, **envelope)


def a_state(person: UUID, **fields: Any) -> ParticipantState:
    reference = Reference(publisher="trust", reference="P-1")
    return ParticipantState(participant_id=person, references=(reference,), **fields)


def a_contact_event(
    person: UUID, *, email: str = "asha@example.org", sequence: int = 1
) -> ParticipantContactChanged:
    """Build a card that `InMemoryAddresses` can open."""
    sealed = SealedContact(participant_id=person, nonce="n", ciphertext=email)
    return an_event(ParticipantContactChanged, sealed, person, sequence=sequence)


def an_invited_session(
    *, starts_at: datetime | None = None, calendar_sequence: int = 0, online: bool = False
) -> sessions.InvitedSession:
    starts_at = starts_at or datetime(2026, 3, 3, 10, tzinfo=UTC)
    return sessions.InvitedSession(
        session_id=uuid4(),
        calendar_sequence=calendar_sequence,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        venue=sessions.Venue(
            venue_id="lido",
            name="Lido Centre",
            address="63 Mattock Lane, London",
            postcode="W13 9LA",
            online=online,
            access=("step-free", "hearing-loop"),
        ),
    )


def an_invitation_state(person: UUID, **fields: Any) -> InvitationState:
    values = {
        "invitation_id": uuid4(),
        "participant_reference": "P-1",
        "engagement_id": uuid4(),
        "engagement_reference": "E-1",
        "match_id": uuid4(),
        "title": TITLE,
        "description": "People redesign the days after discharge.",
        "partner": "North West London Trust",
        "answer": Answer.INVITED,
        "answer_by": datetime(2026, 2, 20, 17, tzinfo=UTC),
        "sessions": (an_invited_session(),),
        "payment": Payment(gbp_per_hour=15),
        **fields,
    }
    return InvitationState(participant_id=person, **values)


def a_reminder(state: InvitationState, *, sequence: int) -> sessions.InvitationReminderDue:
    due = ReminderState(**dict(state), due_session_id=state.sessions[0].session_id)
    kind = sessions.InvitationReminderDue
    return an_event(kind, due, state.invitation_id, sequence=sequence)


def a_match_state(**fields: Any) -> matches.MatchState:
    values = {
        "match_id": uuid4(),
        "engagement_id": uuid4(),
        "engagement_reference": "E-1",
        "title": TITLE,
        "partner": "North West London Trust",
        "status": matches.MatchStatus.PROPOSED,
        "places": 2,
        "seed": 7,
        "eligible": 40,
        "panel": tuple(a_member() for _ in range(2)),
        **fields,
    }
    return matches.MatchState(**values)


def a_member() -> matches.Member:
    return matches.Member(participant_id=uuid4(), participant_reference="P-1", chance=0.1)


def a_session_state(**fields: Any) -> sessions.SessionState:
    values = {
        "session_id": uuid4(),
        "engagement_id": uuid4(),
        "engagement_reference": "E-1",
        "match_id": uuid4(),
        "title": TITLE,
        "partner": "North West London Trust",
        "status": SessionStatus.ANNOUNCED,
        "starts_at": datetime(2026, 3, 3, 10, tzinfo=UTC),
        "places": 12,
        **fields,
    }
    return sessions.SessionState(**values)


def a_participant(**fields: Any) -> Participant:
    values = {"id": str(uuid4()), "sequence": 1, "standing": Standing.ACTIVE, **fields}
    return Participant(**{"prefers": Channel.EMAIL.value, "reference": "P-1", **values})


def an_invitation(**fields: Any) -> Invitation:
    values = {
        "id": str(uuid4()),
        "sequence": 1,
        "hub": HUB,
        "participant_id": str(uuid4()),
        "participant_reference": "P-1",
        "engagement_id": str(uuid4()),
        "title": TITLE,
        "description": "People redesign the days after discharge.",
        "partner": "North West London Trust",
        "answer": "invited",
        "answer_by": datetime(2026, 2, 20, 17, tzinfo=UTC),
        "sessions": (a_session(),),
        "gbp_per_hour": 15,
        "time_credits": None,
        **fields,
    }
    return Invitation(**values)


def a_session(starts_at: datetime = datetime(2026, 3, 3, 10, tzinfo=UTC)) -> InvitedSession:
    venue = Venue("Lido Centre", "63 Mattock Lane, London", "W13 9LA", online=False, access=())
    return InvitedSession(str(uuid4()), starts_at, starts_at + timedelta(minutes=90), venue)


def a_message(kind: Kind = Kind.INVITATION, **fields: Any) -> Message:
    values = {
        "id": str(uuid4()),
        "kind": kind,
        "hub": HUB,
        "caused_by": str(uuid4()),
        "correlation_id": "c-1",
        "at": NOW,
        "sequence": 1,
        "participant_id": str(uuid4()),
        **fields,
    }
    return Message(**values)


def a_letter(kind: Kind = Kind.INVITATION, **fields: Any) -> Letter:
    """Build a letter about an invitation with these fields."""
    invitation = an_invitation(**fields)
    person = a_participant(id=invitation.participant_id)
    message = a_message(
        kind,
        invitation_id=invitation.id,
        participant_id=person.id,
        session_id=invitation.sessions[0].id,
    )
    return Letter(message, kind, person, invitation)


def a_match(**fields: Any) -> Match:
    values = {
        "id": str(uuid4()),
        "sequence": 1,
        "hub": HUB,
        "engagement_id": str(uuid4()),
        "title": TITLE,
        "partner": "North West London Trust",
        "status": "proposed",
        "places": 12,
        "chosen": 12,
        "reserves": 4,
        "eligible": 90,
        "unmet": (),
        **fields,
    }
    return Match(**values)


def an_addressee(**fields: Any) -> Addressee:
    known = {"email": "asha@example.org", "address_as": "Asha", "display_name": "Asha Ali"}
    return Addressee(**{**known, **fields})


def told(
    kind: type[Event], state: InvitationState, sequence: int, answer: Answer | None = None
) -> Event:
    state = state.model_copy(update={"answer": answer or state.answer})
    return an_event(kind, state, state.invitation_id, sequence=sequence)
