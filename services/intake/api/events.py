"""Sending events, and asking what became of one."""

from typing import Any

from fastapi import Request

from services.intake.api.answers import Results, results
from services.intake.api.bodies import BATCH_TYPE, is_batch, read_many, read_one, refuse_large
from services.intake.api.pace import Paces
from services.intake.api.problems import ProblemError
from services.intake.api.senders import sender
from services.intake.domain.submissions import REJECTED
from services.intake.ports import Desk, Publishers
from services.intake.use_cases.batches import receive_all
from services.intake.use_cases.doors import receive_now
from services.intake.use_cases.reading import read_event
from services.intake.use_cases.receiving import Received
from services.intake.use_cases.states import submission_state
from shared.committer import Commits
from shared.contracts.base import CONTENT_TYPE
from shared.contracts.submissions import Submission, SubmissionState


class Events:
    """The door for other systems."""

    def __init__(self, desk: Desk, publishers: Publishers, commits: Commits, paces: Paces) -> None:
        self._paces = paces
        self._desk = desk
        self._publishers = publishers
        self._commits = commits

    async def publish_events(self, request: Request) -> Results:
        """Send one CloudEvent, or a batch of up to 1,000.

        The answer comes when all is stored: one result per event, in the same order. A single event
        that is refused is answered with 422 and every fault. The same `id` with the same content is
        accepted once and gets the same answer again; with other content it is refused when the
        first was accepted, and taken as its correction when the first was rejected.
        """
        publisher, desk = sender(request, self._publishers), self._desk
        if is_batch(request):
            events = await read_many(request)
            self._paces.take(publisher, len(events), desk.facts.now())
            arrivals = [read_event(event, publisher, desk.cipher) for event in events]
            refuse_large(arrival.body for arrival in arrivals)
            return results(await receive_all(arrivals, desk, self._commits))
        event = await read_one(request)
        self._paces.take(publisher, 1, desk.facts.now())
        arrival = read_event(event, publisher, desk.cipher)
        return results([accepted(await receive_now(arrival, desk, self._commits))])

    async def show_submission(self, submission_id: str, request: Request) -> SubmissionState:
        """Tell what became of a submission."""
        publisher = sender(request, self._publishers)
        found = await self._desk.submissions.get(submission_id)
        if found is None or found.publisher != publisher.name:
            raise ProblemError(404)
        return submission_state(found)


def accepted(received: Received) -> Received:
    """Return what was received, when it was accepted. Raises ProblemError 422 with every fault."""
    submission = received.submission
    if submission.status == REJECTED:
        raise ProblemError(422, submission.faults, submission_id=submission.id)
    return received


def events_body() -> dict[str, Any]:
    """Describe one event and a batch for OpenAPI."""
    event = Submission.model_json_schema()
    batch = {"type": "array", "items": event, "maxItems": 1000}
    content = {CONTENT_TYPE: {"schema": event}, BATCH_TYPE: {"schema": batch}}
    return {"requestBody": {"required": True, "content": content}}
