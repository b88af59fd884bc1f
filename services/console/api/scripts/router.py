"""What every JSON address for scripts shares: where it lies, who may, what a refusal looks like."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from services.console.api.failures import PROBLEM

Answer = Callable[..., Awaitable[Any]]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {PROBLEM: {}}}
    for code, text in (
        (401, "No or no valid staff token"),
        (403, "No role that may do this"),
        (404, "Nothing of your hubs"),
        (422, "Not what is expected here"),
    )
}
NOT_JSON: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON", "content": {PROBLEM: {}}}
}


def script_router() -> APIRouter:
    """Return a router whose addresses take a staff token; the scheme is there for OpenAPI."""
    scheme = HTTPBearer(auto_error=False, description="Staff token")
    return APIRouter(
        prefix="/v1", tags=["staff"], dependencies=[Depends(scheme)], responses=PROBLEMS
    )


def page_and_script(
    path: str, show: Answer, read: Answer, *, rule: list[Any], summary: str
) -> tuple[APIRouter, APIRouter]:
    """Return the routers of a page and of the same for scripts, under one rule."""
    page, script = APIRouter(include_in_schema=False), script_router()
    page.add_api_route(path, show, dependencies=rule)
    script.add_api_route(path, read, dependencies=rule, summary=summary)
    return page, script
