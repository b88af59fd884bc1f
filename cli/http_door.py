"""Submitting over HTTP, in batches; what a batch as a whole is refused for is found one by one."""

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.doors import Parcel, Result, rejected
from cli.errors import UNREACHABLE, CommandError, unreachable
from cli.outcomes import Status
from cli.places import INTAKE_URL
from cli.trust import trusted
from deploy.local.state import PublisherAccess
from shared.contracts.base import CONTENT_TYPE
from shared.contracts.submissions import Fault

BATCH_TYPE = "application/cloudevents-batch+json"
TIMEOUT_SECONDS = 60.0
PATIENCE_SECONDS = 3.0
PATIENCE_UNDERWAY_SECONDS = 45.0
PAUSE_SECONDS = 0.5
MAY_PASS = frozenset({429, 500, 502, 503, 504})


class Answer(BaseModel):
    """The body of a 202."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    results: tuple[Result, ...]


class Problem(BaseModel):
    """The body of a refusal, `application/problem+json`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str = "refused"
    detail: str | None = None
    faults: tuple[Fault, ...] = ()


class HttpDoor:
    """`POST /v1/events` as one publisher. Ids make it harmless to send again after a failure."""

    most_events: ClassVar[int] = 100
    most_characters: ClassVar[int] = 500_000

    def __init__(self, intake_url: str, publisher: PublisherAccess) -> None:
        self._publisher = publisher
        self._underway = False
        self._client = httpx.Client(
            base_url=intake_url,
            headers={"Authorization": f"Bearer {publisher.key}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted(),
        )

    def submit(self, parcels: Sequence[Parcel]) -> list[Result]:
        """Send a batch; raises CommandError when intake cannot be reached or knows no such key."""
        if len(parcels) == 1:
            return [self._submit_one(parcels[0])]
        body = f"[{','.join(parcel.text for parcel in parcels)}]"
        response = self._post(body, BATCH_TYPE)
        if response.is_success:
            return self._results(response, len(parcels))
        half = len(parcels) // 2
        return [*self.submit(parcels[:half]), *self.submit(parcels[half:])]

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _submit_one(self, parcel: Parcel) -> Result:
        response = self._post(parcel.text, CONTENT_TYPE)
        if response.is_success:
            return self._results(response, 1)[0]
        problem = _problem(response)
        if problem.faults:
            return Result(status=Status.REJECTED, faults=problem.faults)
        return rejected(str(response.status_code), problem.detail or problem.title)

    def _post(self, body: str, content_type: str) -> httpx.Response:
        deadline = time.monotonic() + self._patience
        while True:
            response = self._try_post(body, content_type)
            if response is not None and response.status_code not in MAY_PASS:
                break
            if time.monotonic() > deadline:
                raise unreachable("intake", INTAKE_URL)
            time.sleep(PAUSE_SECONDS)
        self._underway = True
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise CommandError(
                f"intake does not know the key of publisher {self._publisher.name!r}; "
                "check --publisher and WLC_PUBLISHER_KEY."
            )
        return response

    def _try_post(self, body: str, content_type: str) -> httpx.Response | None:
        headers = {"Content-Type": content_type}
        try:
            return self._client.post("/v1/events", content=body.encode(), headers=headers)
        except httpx.TransportError:
            return None

    @property
    def _patience(self) -> float:
        return PATIENCE_UNDERWAY_SECONDS if self._underway else PATIENCE_SECONDS

    def _results(self, response: httpx.Response, expected: int) -> list[Result]:
        try:
            results = Answer.model_validate_json(response.content).results
        except ValidationError:
            results = ()
        if len(results) != expected:
            raise CommandError(
                f"{self._client.base_url} answered in a way that intake does not; "
                f"check {INTAKE_URL}.",
                UNREACHABLE,
            )
        return list(results)


def _problem(response: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem(title=f"Intake answered {response.status_code}.")
