"""What scheduling hears of people, engagements, matches and replies."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from services.scheduling.domain.engagements.panels import Quota
from shared.contracts import engagements, matches, participants
from shared.contracts.base import Event
from shared.contracts.sessions import InvitationState, SessionState
from tests.builders.scheduling.engagements import ENGAGEMENT, MATCH, person_id
from tests.builders.scheduling.places import HUB, NOW, WINDOW


def participant(
    name: str, kind: type[Event] = participants.ParticipantRegistered, *, at: int = 1, **state: Any
) -> Any:
    """What intake says of a person; `at` is the sequence."""
    values: dict[str, Any] = {
        "participant_id": person_id(name),
        "easting": 517_000,
        "northing": 181_000,
        "consents": {"monitoring": {"version": "1", "given_at": NOW}},
    }
    return kind(**_head(person_id(name), at), data={**values, **state})


def left(name: str, *, at: int = 9) -> Any:
    """A person withdrew."""
    return participant(name, participants.ParticipantLeft, at=at, status="left")


def erased(name: str, *, at: int = 9) -> Any:
    """A person asked to be forgotten."""
    return participant(name, participants.ParticipantErased, at=at, status="erased")


def engagement(
    kind: type[Event] = engagements.EngagementPublished, *, at: int = 1, **state: Any
) -> Any:
    """What intake says of the engagement."""
    values: dict[str, Any] = {
        "engagement_id": ENGAGEMENT,
        "publisher": "trust",
        "reference": "E-1",
        "title": "Leaving the ward",
        "partner": "Trust",
        "kind": "service_redesign",
        "ladder_step": "co-design",
        "decision_owner": "Director",
        "feedback_due": date(2027, 6, 1),
        "places": 3,
        "window": {"from": WINDOW.first, "to": WINDOW.last},
        "sessions": {"count": 2, "minutes": 90, "every_days": 14},
    }
    data = {**values, **state}
    return kind(**_head(str(data["engagement_id"]), at), data=data)


def closed(*, at: int = 9, **state: Any) -> Any:
    """The partner called it off."""
    return engagement(engagements.EngagementClosed, at=at, status="cancelled", **state)


def approved(
    *panel: str,
    reserves: Sequence[str] = (),
    at: int = 1,
    features: Mapping[str, Mapping[str, str]] | None = None,
    quotas: Sequence[Quota] = (),
    again: Mapping[str, int] | None = None,
    drawn: Mapping[str, Any] | None = None,
    share: float | None = None,
    **match: Any,
) -> Any:
    """Staff approved a panel of these people, some asked again after so many askings.

    `drawn` is what is said of how each of them came to be named; `share`: the population's in each
    quota.
    """
    member = partial(_member, features or {}, again or {}, drawn or {})
    values: dict[str, Any] = {
        "match_id": MATCH,
        "engagement_id": ENGAGEMENT,
        "engagement_reference": "E-1",
        "title": "Leaving the ward",
        "partner": "Trust",
        "status": "approved",
        "places": len(panel),
        "seed": 1,
        "eligible": 50,
        "panel": [member(name) for name in panel],
        "reserves": [member(name) for name in reserves],
        "quotas": [{**asdict(quota), "selected": 0, "population_share": share} for quota in quotas],
    }
    decision = {"match": {**values, **match}, "match_sequence": at, "by": "staff"}
    return matches.MatchApproved(**_head(str(MATCH), at), data=decision)


def reply(
    kind: type[Event], invitation: InvitationState, *, at: int = 1, by_phone: bool = False
) -> Any:
    """What a person answered, by their link or to staff on the telephone."""
    data = {
        "invitation_id": invitation.invitation_id,
        "participant_id": invitation.participant_id,
        "by_phone": by_phone,
    }
    return kind(**_head(str(data["invitation_id"]), at), data=data)


def _member(
    features: Mapping[str, Mapping[str, str]],
    again: Mapping[str, int],
    drawn: Mapping[str, Any],
    name: str,
) -> dict[str, Any]:
    return {
        "participant_id": person_id(name),
        "participant_reference": f"ref-{name}",
        "chance": 0.5,
        "features": dict(features.get(name, {})),
        "asked_again": again.get(name, 0),
        **drawn,
    }


def _head(subject: str, sequence: int) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "source": "tests",
        "subject": subject,
        "time": NOW,
        "hub": HUB,
        "sequence": sequence,
        "correlationid": "trace",
    }


def asked_of(kind: type[Event], session: SessionState, *, at: int = 1, **data: Any) -> Any:
    """What staff ask of a session as they see it; `at` is the sequence."""
    values: dict[str, Any] = {
        "engagement_id": session.engagement_id,
        "session_id": session.session_id,
        "calendar_sequence": session.calendar_sequence,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "by": "staff",
    }
    return kind(**_head(str(session.session_id), at), data={**values, **data})
