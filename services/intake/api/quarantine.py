"""What was rejected: listed, shown, corrected."""

from typing import Annotated, Any

from fastapi import Query, Request

from services.intake.api.answers import (
    QuarantineAnswer,
    QuarantinedAnswer,
    Result,
    quarantined,
    result,
)
from services.intake.api.bodies import read_any
from services.intake.api.events import accepted
from services.intake.api.pace import Paces
from services.intake.api.problems import ProblemError
from services.intake.api.senders import sender
from services.intake.domain.publishers import Publisher
from services.intake.domain.submissions import Quarantined
from services.intake.ports import Desk, Publishers
from services.intake.use_cases.doors import try_again
from shared.committer import Commits
from shared.contracts.base import CONTENT_TYPE
from shared.contracts.submissions import Submission

PAGE = 100


class Corrections:
    """A publisher's own part of the quarantine."""

    def __init__(self, desk: Desk, publishers: Publishers, commits: Commits, paces: Paces) -> None:
        self._paces = paces
        self._desk = desk
        self._publishers = publishers
        self._commits = commits

    async def list_quarantine(
        self,
        request: Request,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> QuarantineAnswer:
        """List the rejected events that wait for a correction, newest first."""
        publisher = sender(request, self._publishers)
        found = await self._desk.quarantine.sent_by(publisher.name, skip=skip, limit=limit + 1)
        return QuarantineAnswer(
            items=tuple(quarantined(item) for item in found[:limit]),
            next=skip + limit if len(found) > limit else None,
        )

    async def show_quarantined(self, submission_id: str, request: Request) -> QuarantinedAnswer:
        """Show a rejected event's faults."""
        return quarantined(await self._own(submission_id, sender(request, self._publishers)))

    async def resubmit(self, submission_id: str, request: Request) -> Result:
        """Send a corrected event in place of a rejected one.

        It may keep the `id` or have a new one. Without a body the event is tried again as it is,
        which helps when it referred to something that was not known yet.
        """
        publisher = sender(request, self._publishers)
        self._paces.take(publisher, 1, self._desk.facts.now())
        item = await self._own(submission_id, publisher)
        event = await read_any(request)
        received = await try_again(
            item, publisher, event=event, desk=self._desk, commits=self._commits
        )
        return result(accepted(received))

    async def _own(self, submission_id: str, publisher: Publisher) -> Quarantined:
        found = await self._desk.quarantine.get(submission_id)
        if found is None or found.publisher != publisher.name:
            raise ProblemError(404)
        return found


def correction_body() -> dict[str, Any]:
    """Describe the corrected event for OpenAPI."""
    content = {CONTENT_TYPE: {"schema": Submission.model_json_schema()}}
    return {"requestBody": {"required": False, "content": content}}
