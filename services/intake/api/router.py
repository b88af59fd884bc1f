"""The addresses of intake."""

from fastapi import APIRouter, Depends
from fastapi.params import Depends as DependsParam

from services.intake.api.events import Events, events_body
from services.intake.api.pace import Paces
from services.intake.api.problems import ProblemRoute, documented
from services.intake.api.quarantine import Corrections, correction_body
from services.intake.api.room import CheckOutbox, Room
from services.intake.api.senders import BEARER
from services.intake.ports import Desk, Publishers
from shared.committer import Commits


def build_router(
    desk: Desk, publishers: Publishers, commits: Commits, check_outbox: CheckOutbox
) -> APIRouter:
    """Return the router; every address is for publishers, and shows each only what is its own.

    `check_outbox` raises UnavailableError while too much waits in it: answered with 503.
    """
    router = APIRouter(
        prefix="/v1",
        route_class=ProblemRoute,
        dependencies=[Depends(BEARER), Depends(publishers.until_known)],
    )
    room = Depends(Room(check_outbox))
    paces = Paces()
    _add_events(router, Events(desk, publishers, commits, paces), room)
    _add_quarantine(router, Corrections(desk, publishers, commits, paces), room)
    return router


def _add_events(router: APIRouter, events: Events, room: DependsParam) -> None:
    router.add_api_route(
        "/events",
        events.publish_events,
        methods=["POST"],
        status_code=202,
        tags=["events"],
        dependencies=[room],
        openapi_extra=events_body(),
        responses=documented(400, 401, 408, 413, 415, 422, 429, 503),
    )
    router.add_api_route(
        "/submissions/{submission_id}",
        events.show_submission,
        tags=["events"],
        responses=documented(401, 404, 503),
    )


def _add_quarantine(router: APIRouter, corrections: Corrections, room: DependsParam) -> None:
    router.add_api_route(
        "/quarantine",
        corrections.list_quarantine,
        tags=["quarantine"],
        responses=documented(401, 503),
    )
    router.add_api_route(
        "/quarantine/{submission_id}",
        corrections.show_quarantined,
        tags=["quarantine"],
        responses=documented(401, 404, 503),
    )
    router.add_api_route(
        "/quarantine/{submission_id}/resubmit",
        corrections.resubmit,
        methods=["POST"],
        status_code=202,
        tags=["quarantine"],
        dependencies=[room],
        openapi_extra=correction_body(),
        responses=documented(400, 401, 404, 408, 413, 422, 429, 503),
    )
