"""What every JSON address for scripts shares: where it lies, who may, what a refusal looks like."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from services.console.api.access import Access
from services.console.api.failures import PROBLEM
from services.console.api.parts import Parts

PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {PROBLEM: {}}}
    for code, text in (
        (401, "No or no valid staff token"),
        (404, "Nothing of your hubs"),
        (422, "Not what is expected here"),
    )
}
NOT_JSON: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON", "content": {PROBLEM: {}}}
}


def script_router(parts: Parts) -> APIRouter:
    """Return a router open to staff only; the scheme is there for OpenAPI."""
    scheme = HTTPBearer(auto_error=False, description="Staff token")
    staff_only = [Depends(Access(parts)), Depends(scheme)]
    return APIRouter(prefix="/v1", tags=["staff"], dependencies=staff_only, responses=PROBLEMS)
