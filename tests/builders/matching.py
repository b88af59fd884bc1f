"""Valid objects of matching; a test names what matters to it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from services.matching.domain.candidates import Candidate, reach_around
from services.matching.domain.engagements import Engagement, Site
from services.matching.domain.matches import match_id
from services.matching.use_cases.opportunities import InvitationEvent
from services.matching.use_cases.places import SessionEvent
from shared.contracts.engagements import (
    EngagementClosed,
    EngagementKind,
    EngagementPublished,
    EngagementState,
    EngagementUpdated,
    LadderStep,
)
from shared.contracts.matches import (
    ExclusionReason,
    MatchApproved,
    MatchChange,
    MatchChangeRequested,
    MatchDecision,
    MatchSentBack,
    MatchState,
    PersonChange,
)
from shared.contracts.participants import (
    ConsentGiven,
    DateRange,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantState,
    ParticipantStatus,
    ParticipantUpdated,
    Reference,
)
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
    InvitationState,
    InvitedSession,
    SessionState,
    SessionStatus,
    SessionUpdated,
    Venue,
)
from shared.due import DueWork
from shared.sortition.quotas import Quota

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = DateRange(start=date(2026, 4, 6), end=date(2026, 5, 1))
HUB = "west-london"
VENUE = Site(easting=520_000, northing=185_000, online=False)
PUBLISHER = "nwl-trust"
CONSENT = {"involvement": ConsentGiven(version="1", given_at=NOW)}


def a_candidate(candidate_id: str = "", **given: Any) -> Candidate:
    fields: dict[str, Any] = {
        "hub": HUB,
        "sequence": 1,
        "active": True,
        "references": {PUBLISHER: f"ref-{candidate_id}"},
        "age_from": 25,
        "age_to": 44,
        "age_band": "25-44",
        "borough": "Brent",
        "easting": 520_000,
        "northing": 185_000,
        "travel_km": 10.0,
        "online": True,
        "in_person": True,
        **given,
    }
    reach = reach_around(fields["easting"], fields["northing"], fields["travel_km"])
    return Candidate(id=candidate_id or str(uuid4()), **{"reach": reach, **fields})


def an_engagement(**given: Any) -> Engagement:
    fields: dict[str, Any] = {
        "id": str(uuid4()),
        "hub": HUB,
        "sequence": 1,
        "publisher": PUBLISHER,
        "reference": "E-1",
        "title": "Leaving hospital",
        "partner": "West London NHS Trust",
        "places": 2,
        "reserves": 0,
        "window_start": WINDOW.start,
        "window_end": WINDOW.end,
        "site": Site(easting=520_000, northing=185_000, online=True),
        **given,
    }
    return Engagement(**fields)


def quotas(**features: dict[str, tuple[int, int]]) -> tuple[Quota, ...]:
    return tuple(
        Quota(feature, value, *bounds)
        for feature, values in features.items()
        for value, bounds in values.items()
    )


def a_person(participant_id: UUID | None = None, **given: Any) -> ParticipantState:
    participant_id = participant_id or uuid4()
    fields: dict[str, Any] = {
        "references": (Reference(publisher=PUBLISHER, reference=f"ref-{participant_id}"),),
        "age_from": 25,
        "age_to": 44,
        "age_band": "25-44",
        "borough": "Brent",
        "easting": 520_000,
        "northing": 185_000,
        "consents": CONSENT,
        **given,
    }
    return ParticipantState(participant_id=participant_id, **fields)


def registered(person: ParticipantState, *, hub: str = HUB) -> ParticipantRegistered:
    return ParticipantRegistered(**_head(person.participant_id, 1, hub), data=person)


def updated(person: ParticipantState, *, sequence: int) -> ParticipantUpdated:
    return ParticipantUpdated(**_head(person.participant_id, sequence), data=person)


def left(person: ParticipantState, *, sequence: int = 2) -> ParticipantLeft:
    gone = person.model_copy(update={"status": ParticipantStatus.LEFT})
    return ParticipantLeft(**_head(person.participant_id, sequence), data=gone)


def erased(person: ParticipantState, *, sequence: int = 2) -> ParticipantErased:
    gone = ParticipantState(participant_id=person.participant_id, status=ParticipantStatus.ERASED)
    return ParticipantErased(**_head(person.participant_id, sequence), data=gone)


def published(**given: Any) -> EngagementPublished:
    state = _engagement_state(**given)
    return EngagementPublished(**_head(state.engagement_id, 1), data=state)


def changed(event: EngagementPublished, *, sequence: int = 2, **given: Any) -> EngagementUpdated:
    state = event.data.model_copy(update=given)
    return EngagementUpdated(**_head(state.engagement_id, sequence), data=state)


def closed(event: EngagementPublished, *, sequence: int = 2) -> EngagementClosed:
    return EngagementClosed(**_head(event.data.engagement_id, sequence), data=event.data)


def approved(match: MatchState, *, sequence: int) -> MatchApproved:
    decision = MatchDecision(match=match, match_sequence=sequence, by="amina")
    return MatchApproved(**_head(match.match_id, sequence, source="console"), data=decision)


def sent_back(match: MatchState, *, sequence: int, draw_again: bool) -> MatchSentBack:
    decision = MatchDecision(
        match=match, match_sequence=sequence, by="amina", draw_again=draw_again
    )
    return MatchSentBack(**_head(match.match_id, sequence, source="console"), data=decision)


def change_requested(
    event: EngagementPublished,
    person: ParticipantState,
    change: PersonChange,
    *,
    sequence: int = 1,
    asked: int = 0,
) -> MatchChangeRequested:
    """Tell what staff want of one person for an engagement."""
    match, excluded = UUID(match_id(event.subject)), change is PersonChange.EXCLUDE
    wanted = MatchChange(
        match_id=match,
        engagement_id=event.data.engagement_id,
        participant_id=person.participant_id,
        change=change,
        reason=ExclusionReason.SAFETY if excluded else None,
        asked=asked,
        by="amina",
        match_sequence=1,
    )
    subject = uuid5(match, str(person.participant_id))
    return MatchChangeRequested(**_head(subject, sequence, source="console"), data=wanted)


def answered(
    person: ParticipantState,
    event: EngagementPublished,
    answer: Answer,
    *,
    sequence: int = 1,
    on: date | None = None,
    asked: int = 1,
) -> InvitationEvent:
    """Tell where the one invitation of a person to an engagement stands; `on` is its session."""
    invitation = uuid5(person.participant_id, event.subject)
    state = InvitationState(
        invitation_id=invitation,
        participant_id=person.participant_id,
        participant_reference="ref",
        match_id=UUID(match_id(event.subject)),
        answer=answer,
        answer_by=NOW,
        sessions=() if on is None else (_invited_on(on, event),),
        issued_at=NOW,
        payment=event.data.payment,
        asked=asked,
        **_of_engagement(event),
    )
    kinds: dict[Answer, type[InvitationEvent]] = {
        Answer.INVITED: InvitationIssued,
        Answer.ACCEPTED: InvitationAccepted,
        Answer.DECLINED: InvitationDeclined,
        Answer.EXPIRED: InvitationExpired,
    }
    return kinds[answer](**_head(invitation, sequence, source="scheduling"), data=state)


def session_id(event: EngagementPublished, number: int = 1) -> UUID:
    """The id of the session of this number in an engagement's series."""
    return uuid5(event.data.engagement_id, f"session {number}")


def _invited_on(day: date, event: EngagementPublished) -> InvitedSession:
    starts_at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    venue = Venue(venue_id="v1", name="Kiln")
    return InvitedSession(
        session_id=session_id(event), starts_at=starts_at, ends_at=starts_at + HOUR, venue=venue
    )


def session_updated(
    event: EngagementPublished,
    *,
    missing: int,
    sequence: int = 2,
    number: int = 1,
    kind: type[SessionEvent] = SessionUpdated,
    **given: Any,
) -> SessionEvent:
    """Tell of one session of an engagement: that of this number in the series."""
    state = SessionState(
        **{
            "session_id": session_id(event, number),
            "number": number,
            "match_id": UUID(match_id(event.subject)),
            "status": SessionStatus.ANNOUNCED,
            "starts_at": later(86_400),
            "places": event.data.places,
            "missing": missing,
            **_of_engagement(event),
            **given,
        }
    )
    return kind(**_head(state.session_id, sequence, source="scheduling"), data=state)


def due(work: Any) -> DueWork:
    """Make the work that a `Due` asks for."""
    return DueWork(work.id, work.at, work.about, 0, "asked")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _engagement_state(**given: Any) -> EngagementState:
    fields: dict[str, Any] = {
        "engagement_id": uuid4(),
        "publisher": PUBLISHER,
        "reference": "E-1",
        "title": "Leaving hospital",
        "partner": "West London NHS Trust",
        "kind": EngagementKind.SERVICE_REDESIGN,
        "ladder_step": LadderStep.CO_DESIGN,
        "decision_owner": "Director of Nursing",
        "feedback_due": date(2026, 6, 1),
        "places": 2,
        "window": WINDOW,
        **given,
    }
    return EngagementState(**fields)


def _of_engagement(event: EngagementPublished) -> dict[str, Any]:
    return {
        "engagement_id": event.data.engagement_id,
        "engagement_reference": event.data.reference,
        "title": event.data.title,
        "partner": event.data.partner,
    }


def _head(subject: UUID, sequence: int, hub: str = HUB, source: str = "intake") -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "source": source,
        "subject": str(subject),
        "time": NOW,
        "hub": hub,
        "sequence": sequence,
        "correlationid": "correlation",
    }
