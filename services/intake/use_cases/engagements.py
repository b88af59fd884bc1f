"""Partners ask for people, change or call off what they asked, and report what came of it."""

from dataclasses import asdict
from typing import Any

from services.intake.domain.engagements import (
    CANCELLED,
    Engagement,
    Feedback,
    Outcome,
    check_engagement,
)
from services.intake.domain.form import Form
from services.intake.domain.people import Participant
from services.intake.domain.places import Place
from services.intake.domain.submissions import derived_id
from services.intake.use_cases.cases import UNKNOWN_REFERENCE, Case, Effect
from services.intake.use_cases.states import engagement_state
from shared.changes import NOTHING, Changes
from shared.contact_details import compact
from shared.contracts import engagements as contract
from shared.contracts.engagements import (
    EngagementClosed,
    EngagementFeedbackReceived,
    EngagementOutcomeRecorded,
    EngagementPublished,
    EngagementState,
    EngagementUpdated,
)


async def take_engagement(case: Case) -> Effect | None:
    """Publish what a partner asks for, or what has changed in it."""
    place = await _check(case)
    before = await _engagement(case, case.form.text("reference"))
    is_late = before is not None and before.is_later_than(case.said)
    if before and before.status == CANCELLED and not is_late:
        sentence = "This engagement was called off; send it anew under a new reference."
        case.report.fault("/data/reference", "cancelled", sentence)
    if case.report.faults:
        return None
    if before and is_late:
        return case.overtaken(before.id)
    after = _stated(case, before, place)
    if before and _state_of(before) == _state_of(after):
        kept = Changes((case.desk.engagements.keep(after),))
        return Effect(before.id, NOTHING if after == before else kept)
    kind = EngagementUpdated if before else EngagementPublished
    return Effect(after.id, _published(case, after, kind))


def _state_of(engagement: Engagement) -> EngagementState:
    """Return what is asked for; a field that was added since it was stored has its default."""
    return EngagementState.model_validate(engagement.state)


async def _check(case: Case) -> Place | None:
    key = compact(case.form.form("place").text("postcode"))
    spot = await case.desk.places.find(key) if key else None
    return check_engagement(
        case.form,
        spot,
        boroughs=case.desk.places.boroughs,
        today=case.desk.facts.now().date(),
        report=case.report,
    )


def _stated(case: Case, before: Engagement | None, place: Place | None) -> Engagement:
    arrival, said = case.arrival, case.form.values
    engagement_id = _engagement_id(case, case.form.text("reference"))
    fixed = {"engagement_id": engagement_id, "publisher": arrival.publisher.name}
    where = _where(case.form, place)
    state = EngagementState.model_validate({**said, **fixed, "place": where})
    return Engagement(
        id=engagement_id,
        hub=arrival.hub,
        publisher=arrival.publisher.name,
        reference=case.form.text("reference"),
        state=state.model_dump(mode="json"),
        stated_at=case.orders_from,
        sequence=case.sequence,
        version=before.version if before else 0,
    )


def _where(form: Form, place: Place | None) -> dict[str, Any]:
    said = form.form("place").values
    return {**said, **asdict(place)} if place else {**said}


async def take_cancellation(case: Case) -> Effect | None:
    """Call an engagement off."""
    engagement = await known_engagement(case, "reference")
    if engagement is None or case.report.faults:
        return None
    if engagement.status == CANCELLED:
        case.report.note("This engagement had been called off already.")
        return Effect(engagement.id)
    after = engagement.called_off(case.said)
    return Effect(after.id, _published(case, after, EngagementClosed))


def _published(
    case: Case,
    engagement: Engagement,
    kind: type[EngagementPublished | EngagementUpdated | EngagementClosed],
) -> Changes:
    event = kind(
        **case.head(),
        subject=engagement.id,
        sequence=engagement.version + 1,
        data=engagement_state(engagement),
    )
    return Changes((case.desk.engagements.keep(engagement),), (event,))


async def take_feedback(case: Case) -> Effect | None:
    """Note what a participant thought of an engagement; each is an aggregate of its own."""
    engagement = await known_engagement(case, "engagement_reference")
    person: Participant | None = None
    if case.form.text("participant_reference"):
        person = await case.person("participant_reference")
    if engagement is None or case.report.faults:
        return None
    feedback = Feedback(
        id=case.arrival.new_id("feedback"),
        hub=engagement.hub,
        engagement_id=engagement.id,
        participant_id=person.id if person else None,
        ladder_step=case.form.text("ladder_step"),
        recorded_at=case.stated_at or case.desk.facts.now(),
    )
    state = contract.FeedbackState.model_validate(feedback, from_attributes=True)
    event = EngagementFeedbackReceived(**case.head(), subject=feedback.id, sequence=1, data=state)
    return Effect(feedback.id, Changes((case.desk.feedbacks.keep(feedback),), (event,)))


async def take_outcome(case: Case) -> Effect | None:
    """Note one figure of a series; sent again for the same period, it is corrected."""
    engagement = await known_engagement(case, "engagement_reference")
    value, said = case.form.number("value"), case.form
    if engagement is None or value is None or case.report.faults:
        return None
    outcome_id = derived_id("outcome", engagement.id, said.text("measure"), said.text("period"))
    before = await case.desk.outcomes.get(outcome_id)
    if before and case.said.is_before(before.said):
        return case.overtaken(before.id)
    after = Outcome(
        id=outcome_id,
        hub=engagement.hub,
        engagement_id=engagement.id,
        measure=said.text("measure"),
        period=said.text("period"),
        value=value,
        denominator=said.number("denominator"),
        said=case.said,
        version=before.version if before else 0,
    )
    if after == before:
        return Effect(after.id)
    state = contract.OutcomeState.model_validate(after, from_attributes=True)
    event = EngagementOutcomeRecorded(
        **case.head(), subject=after.id, sequence=after.version + 1, data=state
    )
    return Effect(after.id, Changes((case.desk.outcomes.keep(after),), (event,)))


def _engagement_id(case: Case, reference: str) -> str:
    return derived_id("engagement", case.arrival.hub, case.arrival.publisher.name, reference)


async def _engagement(case: Case, reference: str) -> Engagement | None:
    return await case.desk.engagements.get(_engagement_id(case, reference))


async def known_engagement(case: Case, name: str) -> Engagement | None:
    """Return the publisher's engagement that a field refers to; an unknown one is a fault."""
    reference = case.form.text(name)
    found = await _engagement(case, reference)
    if reference and found is None:
        sentence = "No engagement of yours is known by this reference in this hub."
        case.report.fault(case.form.pointer(name), UNKNOWN_REFERENCE, sentence)
    return found
