"""Between what events say and what matching keeps."""

from dataclasses import replace
from datetime import time

from services.matching.domain.candidates import Candidate, Slot, Stretch, reach_around
from services.matching.domain.chances import Evenness
from services.matching.domain.eligibility import Step
from services.matching.domain.engagements import Engagement, Raise, Site
from services.matching.domain.matches import Followed, Match, Member, QuotaFit
from shared.contracts import matches
from shared.contracts.engagements import (
    EngagementClosed,
    EngagementPublished,
    EngagementState,
    EngagementStatus,
    EngagementUpdated,
)
from shared.contracts.participants import (
    Availability,
    Day,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantStatus,
    ParticipantUpdated,
)
from shared.exclusions import ExclusionKey
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.relaxation import Shortfall

ParticipantEvent = ParticipantRegistered | ParticipantUpdated | ParticipantLeft | ParticipantErased
EngagementEvent = EngagementPublished | EngagementUpdated | EngagementClosed

INVOLVEMENT = "involvement"
"""The consent without which nobody is asked."""

SHOWN = frozenset(matches.MatchState.model_fields) - {"match_id"}
"""What events carry of a match under the same names; `match_id` is its `id`."""

DAY_NUMBER = {day: number for number, day in enumerate(Day)}


def candidate_of(event: ParticipantEvent, stored: Candidate | None, key: ExclusionKey) -> Candidate:
    """Return the candidate; of those who may not be asked, only the mark that they may not.

    The chances that they had stay, unless they are erased.
    """
    state, version = event.data, stored.version if stored else 0
    had = stored.had if stored and not isinstance(event, ParticipantErased) else None
    participant_id = str(state.participant_id)
    if state.status is not ParticipantStatus.ACTIVE or INVOLVEMENT not in state.consents:
        erased = state.status is ParticipantStatus.ERASED
        return Candidate(
            participant_id, event.hub, event.sequence, erased=erased, had=had, version=version
        )
    return Candidate(
        id=participant_id,
        hub=event.hub,
        sequence=event.sequence,
        active=True,
        references={each.publisher: each.reference for each in state.references},
        age_from=state.age_from,
        age_to=state.age_to,
        age_band=state.age_band,
        borough=state.borough,
        easting=state.easting,
        northing=state.northing,
        travel_km=state.travel_km,
        reach=reach_around(state.easting, state.northing, state.travel_km),
        online=state.online,
        in_person=state.in_person,
        languages=tuple(each.code for each in state.languages),
        lived_experience=state.lived_experience,
        slots=_slots(state.availability),
        away=tuple(Stretch(each.start, each.end) for each in state.availability.away),
        avoids=key.heard(state.exclusions),
        monitoring=state.monitoring,
        one_paid_activity_a_week=state.one_paid_activity_a_week,
        had=had,
        version=version,
    )


def engagement_of(event: EngagementEvent, stored: Engagement | None, secret: str) -> Engagement:
    """Return the engagement as it is now asked for; one that has no secret yet gets this one."""
    state = event.data
    return Engagement(
        id=str(state.engagement_id),
        hub=event.hub,
        sequence=event.sequence,
        publisher=state.publisher,
        reference=state.reference,
        title=state.title,
        partner=state.partner,
        places=state.places,
        reserves=state.reserves,
        window_start=state.window.start,
        window_end=state.window.end,
        session_minutes=state.sessions.minutes,
        open=state.status is EngagementStatus.OPEN and not isinstance(event, EngagementClosed),
        short=stored.short if stored else False,
        automatic=state.approval == "automatic",
        correlation_id=event.correlationid,
        secret=(stored.secret if stored else "") or secret,
        sessions=stored.sessions if stored else (),
        site=Site(**state.place.model_dump()),
        any_of=state.lived_experience.any,
        all_of=state.lived_experience.all,
        age_min=state.eligibility.age_min,
        age_max=state.eligibility.age_max,
        boroughs=state.eligibility.boroughs,
        languages=state.eligibility.languages,
        quotas=_quotas(state),
        population=state.quotas == "population",
        paid=bool(state.payment.gbp_per_hour),
        over_representation=tuple(
            Raise(feature, value, times)
            for feature, values in sorted(state.over_representation.items())
            for value, times in sorted(values.items())
        ),
        version=stored.version if stored else 0,
    )


def match_state(match: Match) -> matches.MatchState:
    """Return the match as events carry it."""
    shown = {name: getattr(match, name) for name in SHOWN}
    return matches.MatchState.model_validate({**shown, "match_id": match.id}, from_attributes=True)


def match_seen(match: Match, state: matches.MatchState) -> Match:
    """Return a match as an event says that it was, at the version at which it is stored."""
    return replace(
        match,
        seed=state.seed,
        eligible=state.eligible,
        steps=tuple(Step(each.requirement, each.left) for each in state.steps),
        panel=_members(state.panel),
        reserves=_members(state.reserves),
        quotas=tuple(QuotaFit(**each.model_dump()) for each in state.quotas),
        unmet=tuple(Shortfall(**each.model_dump()) for each in state.unmet),
        evenness=Evenness(**state.evenness.model_dump()) if state.evenness else None,
        draw_id=state.draw_id,
        followed=tuple(
            Followed(str(each.participant_id), each.sequence) for each in state.followed
        ),
    )


def _members(told: tuple[matches.Member, ...]) -> tuple[Member, ...]:
    return tuple(
        Member(**{**each.model_dump(), "participant_id": str(each.participant_id)}) for each in told
    )


def _slots(availability: Availability) -> tuple[Slot, ...]:
    return tuple(
        Slot(DAY_NUMBER[each.day], _minutes(each.start), _minutes(each.end))
        for each in availability.weekly
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _quotas(state: EngagementState) -> Quotas:
    if state.quotas == "population":
        return ()
    return tuple(
        Quota(feature, value, **bounds.model_dump())
        for feature, values in sorted(state.quotas.items())
        for value, bounds in sorted(values.items())
    )
