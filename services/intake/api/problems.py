"""Refusals as `application/problem+json` (RFC 9457), with every fault."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from services.intake.domain.faults import Fault as DomainFault
from services.intake.domain.faults import pointer
from services.intake.use_cases.states import faults_said
from shared.contracts.base import Model
from shared.contracts.submissions import Fault
from shared.errors import AppError

PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
TITLES = {
    400: "The request cannot be read.",
    401: "The publisher key is missing or not known.",
    404: "There is nothing of yours at this address.",
    405: "This address does not take this method.",
    408: "The body did not come in time; send it again.",
    413: "The body is too large.",
    415: "The content type is not one of an event.",
    422: "The event was refused.",
    429: "Events come faster than was agreed; send it again later.",
    503: "The event could not be stored just now; send it again.",
}


class ProblemAnswer(Model):
    """Why a request was refused."""

    type: str = "about:blank"
    title: str
    status: int
    faults: tuple[Fault, ...] = ()
    submission_id: str | None = None


class ProblemError(AppError):
    """A request is refused."""

    code = "problem"

    def __init__(
        self,
        status: int,
        faults: Sequence[DomainFault] = (),
        *,
        submission_id: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(TITLES[status])
        self.retry_after = retry_after
        self.answer = ProblemAnswer(
            title=TITLES[status],
            status=status,
            faults=faults_said(faults),
            submission_id=submission_id,
        )


class ProblemRoute(APIRoute):
    """Turns a foreseen failure into the answer that says it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except ProblemError as problem:
                return _response(problem)
            except RequestValidationError as error:
                return _response(ProblemError(400, _parameters(error)))
            except AppError as error:
                if not error.retryable:
                    raise
                return _response(ProblemError(503))

        return answer


def add_problems(app: FastAPI) -> None:
    """Have the app refuse an address or a method that there is not as it refuses all else.

    What an address of the operator's says of itself is left as it is.
    """

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code not in TITLES or error.detail != _phrase(error.status_code):
            return await http_exception_handler(request, error)
        refused = _response(ProblemError(error.status_code))
        refused.headers.update(error.headers or {})
        return refused


def _phrase(status: int) -> str:
    """Return what a refusal says that says nothing of its own."""
    return HTTPStatus(status).phrase


def _parameters(error: RequestValidationError) -> list[DomainFault]:
    sentence = "This parameter is not what is expected here."
    return [DomainFault(pointer(*each["loc"]), "parameter", sentence) for each in error.errors()]


def _response(problem: ProblemError) -> JSONResponse:
    status = problem.answer.status
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        429: {"Retry-After": str(problem.retry_after)},
        503: {"Retry-After": RETRY_SECONDS},
    }
    return JSONResponse(
        problem.answer.model_dump(mode="json", exclude_none=True),
        status_code=status,
        headers=headers.get(status, {}),
        media_type=PROBLEM_TYPE,
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for OpenAPI."""
    described: dict[int | str, str] = {status: TITLES[status] for status in statuses}
    described["4XX"] = "The request was refused."
    schema = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    del schema["$defs"]  # what an answer refers to is described with the other answers
    content = {PROBLEM_TYPE: {"schema": schema}}
    return {
        status: {"description": title, "content": content} for status, title in described.items()
    }
