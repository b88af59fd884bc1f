"""One submission is judged, takes effect or goes into quarantine, and is answered.

An event id is answered once. The same event again gets the same answer; another body under the id
of an accepted event is refused; under the id of a rejected one it is a correction.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from services.intake.domain.faults import Fault, Report, limited
from services.intake.domain.people import ERASED
from services.intake.domain.submissions import (
    ACCEPTED,
    REJECTED,
    UNKNOWN,
    Quarantined,
    Submission,
    kept_until,
    submission_id,
)
from services.intake.ports import Desk
from services.intake.use_cases.attendance import take_attendance
from services.intake.use_cases.cases import UNKNOWN_REFERENCE, Case, Effect, head, reference_handle
from services.intake.use_cases.consents import take_consent_withdrawal
from services.intake.use_cases.engagements import (
    take_cancellation,
    take_engagement,
    take_feedback,
    take_outcome,
)
from services.intake.use_cases.keeping import (
    EXPIRIES,
    quarantine_dropped,
    sealed_for_quarantine,
)
from services.intake.use_cases.leaving import take_erasure, take_withdrawal
from services.intake.use_cases.people import take_participant
from services.intake.use_cases.reading import Arrival
from services.intake.use_cases.shapes import check_shape
from services.intake.use_cases.states import submission_state
from services.intake.use_cases.times import take_availability
from shared.changes import NOTHING, Changes, Due, Undue, Write
from shared.contracts.base import Event
from shared.contracts.submissions import SUBMISSIONS, SubmissionAccepted, SubmissionRejected

TAKERS: Mapping[str, Callable[[Case], Awaitable[Effect | None]]] = {
    "wlc.participant.submitted.v1": take_participant,
    "wlc.participant.withdrawn.v1": take_withdrawal,
    "wlc.participant.erasure_requested.v1": take_erasure,
    "wlc.consent.withdrawn.v1": take_consent_withdrawal,
    "wlc.availability.submitted.v1": take_availability,
    "wlc.engagement.submitted.v1": take_engagement,
    "wlc.engagement.cancelled.v1": take_cancellation,
    "wlc.attendance.recorded.v1": take_attendance,
    "wlc.feedback.submitted.v1": take_feedback,
    "wlc.outcome.recorded.v1": take_outcome,
}

ID_REUSED = Fault(
    "/id",
    "id-reused",
    "Another event with this id was accepted before. Give each event an id of its own.",
)


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to a submission, and what it changes."""

    submission: Submission
    changes: Changes = NOTHING
    is_duplicate: bool = False

    @property
    def only_lacks_what_it_refers_to(self) -> bool:
        """Whether it might be accepted once what it refers to has come in."""
        faults = self.submission.faults
        return bool(faults) and all(fault.code == UNKNOWN_REFERENCE for fault in faults)


async def receive(
    arrival: Arrival,
    desk: Desk,
    corrects: Quarantined | None = None,
    *,
    may_wait: bool = False,
) -> Received:
    """Judge what arrived; what it `corrects` leaves the quarantine when it is good.

    What `may_wait` changes nothing yet where it only lacks what it refers to.
    """
    earlier = await desk.submissions.get(arrival.submission_id)
    if earlier and earlier.status == ACCEPTED:
        if earlier.digest == arrival.digest:
            return Received(earlier, is_duplicate=True)
        arrival, earlier = await _apart(arrival, desk)
    report = Report(list(arrival.faults))
    effect = await _judge(arrival, desk, report)
    if effect is None or report.faults:
        rejected = _rejection(arrival, desk, report, earlier)
        waits = may_wait and Received(rejected).only_lacks_what_it_refers_to
        return Received(rejected) if waits else await _rejected(rejected, arrival, desk, earlier)
    return await _accepted(arrival, desk, report, earlier, effect=effect, corrects=corrects)


async def _apart(arrival: Arrival, desk: Desk) -> tuple[Arrival, Submission | None]:
    """Give what comes under a used id an answer of its own."""
    own_id = submission_id(arrival.publisher.name, arrival.event_id, arrival.digest)
    apart = replace(arrival, submission_id=own_id, faults=(*arrival.faults, ID_REUSED))
    return apart, await desk.submissions.get(own_id)


async def _judge(arrival: Arrival, desk: Desk, report: Report) -> Effect | None:
    if not arrival.type or arrival.data is None or arrival.type not in arrival.publisher.types:
        return None
    faults, form = check_shape(SUBMISSIONS[arrival.type], arrival.data, at="/data")
    report.faults.extend(faults)
    if arrival.hub not in arrival.publisher.hubs:  # who is known there is not theirs to find out
        arrival = replace(arrival, hub=UNKNOWN)
    return await TAKERS[arrival.type](Case(arrival, form, report, desk))


def _answer(arrival: Arrival, desk: Desk, report: Report, earlier: Submission | None) -> Submission:
    return Submission(
        id=arrival.submission_id,
        publisher=arrival.publisher.name,
        event_id=arrival.event_id,
        type=arrival.type,
        hub=arrival.hub,
        digest=arrival.digest,
        status=ACCEPTED,
        received_at=desk.facts.now(),
        notes=tuple(report.notes),
        version=earlier.version if earlier else 0,
    )


async def _accepted(
    arrival: Arrival,
    desk: Desk,
    report: Report,
    earlier: Submission | None,
    *,
    effect: Effect,
    corrects: Quarantined | None,
) -> Received:
    submission = replace(_answer(arrival, desk, report, earlier), aggregate_id=effect.aggregate_id)
    own = await desk.quarantine.get(submission.id) if earlier else None
    done_with = {each.id: each for each in (own, corrects) if each}
    answer = Changes(
        (
            desk.submissions.keep(submission),
            *(each for one in done_with.values() for each in quarantine_dropped(one, desk)),
            *(Undue(EXPIRIES, each) for each in done_with),
        ),
        (_told(submission, arrival, desk, SubmissionAccepted),),
    )
    return Received(submission, effect.changes + answer)


def _rejection(
    arrival: Arrival, desk: Desk, report: Report, earlier: Submission | None
) -> Submission:
    answer = _answer(arrival, desk, report, earlier)
    return replace(answer, status=REJECTED, faults=limited(report.faults), notes=())


async def _rejected(
    submission: Submission, arrival: Arrival, desk: Desk, earlier: Submission | None
) -> Received:
    before = await desk.quarantine.get(submission.id) if earlier else None
    writes = await _set_aside(submission, arrival, desk, before)
    told = _told(submission, arrival, desk, SubmissionRejected)
    return Received(submission, Changes((desk.submissions.keep(submission), *writes), (told,)))


async def _set_aside(
    submission: Submission, arrival: Arrival, desk: Desk, before: Quarantined | None
) -> tuple[Write, ...]:
    """Put the body into quarantine, unless it names somebody who asked to be forgotten."""
    about = handles_named(arrival, desk)
    named = await desk.participants.known_by(about)
    if any(person.status == ERASED for person in named):
        return (*quarantine_dropped(before, desk), Undue(EXPIRIES, before.id)) if before else ()
    version = before.version if before else 0
    quarantined = await _quarantined(submission, arrival, desk, about=about, version=version)
    return (
        desk.quarantine.keep(quarantined),
        Due(EXPIRIES, quarantined.id, quarantined.until),
    )


async def _quarantined(
    submission: Submission, arrival: Arrival, desk: Desk, *, about: tuple[str, ...], version: int
) -> Quarantined:
    return Quarantined(
        id=submission.id,
        publisher=submission.publisher,
        event_id=submission.event_id,
        type=submission.type,
        faults=submission.faults,
        body=await sealed_for_quarantine(submission.id, arrival.body, desk),
        received_at=submission.received_at,
        until=kept_until(submission.received_at),
        about=about,
        own_key=True,
        version=version,
    )


def handles_named(arrival: Arrival, desk: Desk) -> tuple[str, ...]:
    """Return the handles of the people named; under a wrong hub, those of every hub it may be."""
    permitted = arrival.publisher.hubs
    hubs = {arrival.hub} if arrival.hub in permitted else permitted
    places = [replace(arrival, hub=hub) for hub in sorted(hubs)]
    handles = (reference_handle(at, each, desk) for at in places for each in arrival.people)
    return tuple(dict.fromkeys(handles))


def _told(
    submission: Submission,
    arrival: Arrival,
    desk: Desk,
    kind: type[SubmissionAccepted | SubmissionRejected],
) -> Event:
    hub = arrival.hub if arrival.hub in arrival.publisher.hubs else UNKNOWN
    return kind(
        **head(arrival, desk, hub),
        subject=submission.id,
        sequence=submission.version + 1,
        data=submission_state(submission),
    )
