"""Whatever comes over HTTP gets an answer that is documented, and never more than a refusal."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.intake.api.problems import PROBLEM_TYPE
from shared import topology
from tests.fuzz.documents import FEW, submissions, written
from tests.fuzz.gateway import Gateway
from tests.unit.intake.json_values import JSON, SECRET

DOCUMENTED = [status_code_conformance, content_type_conformance, response_schema_conformance]
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
UNREADABLE = [b"", b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000, b'{"id": NaN}']
UNREADABLE += [b'{"sequence": 1e999}', b'{"id": "\\ud800"}', b'{"\\ud800": 1}', b"x" * 2_200_000]
BODIES = (
    submissions().map(written)
    | st.lists(submissions(), max_size=5).map(written)
    | st.binary(max_size=200)
    | st.sampled_from(UNREADABLE)
)
METHODS = st.sampled_from(["GET", "GET", "POST", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"])
STEPS = st.sampled_from(
    ["%00", "%ff", "%ED%A0%80", "..", "%2e%2e%2f", "9" * 400, SECRET, "*", "a b", "{}", "é"]
)
INTAKE = ("/v1/events", "/v1/submissions/{}", "/v1/quarantine", "/v1/quarantine/{}/resubmit", "/{}")
OPERATORS = ("/failed-work", "/failed-work/retry", "/health/{}", "/metrics", "/version", "/{}")
PAGES = ("/", "/matches/{}", "/calls", "/calls/{}", "/calls/{}/done", "/calls/{}/answer", "/i/{}")
PAGES += ("/i/{}/leave", "/i/{}/times", "/messages", "/sessions", "/engagements", "/static/{}")
PAGES += ("/v1/trace/{}", "/i/{}/details", "/d/{}/forget", "/d/{}", "/d/{}/again", "/d/{}/leave")
PAGES += ("/v1/matches/{}/approve", "/v1/matches/{}/send-back", "/sign-in?wanted={}", "/?day={}")
PAGES += ("/v1/matches?skip={}", "/v1/sessions?status={}&hub={}", "/messages?status={}")
HEADERS = {
    "content-type": [
        *(SINGLE, BATCH, "application/json", "x" * 300, "", "multipart/form-data"),
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x; charset=idna"),
        *("application/json; charset=utf-16", "multipart/form-data; boundary=x; charset=punycode"),
    ],
    "authorization": ["Bearer", "Bearer \xff", "Basic eA==", "Bearer  a b", "Bearer " + "x" * 900],
    "host": ["[", "a b", "\xff", "x:99999999", "evil/v1/?", "@"],
    "origin": ["null", "\xff", "https://evil.example"],
    "cookie": ["wlc_staff=\xff", "wlc_staff=" + "x" * 900, ";;=;", "wlc_staff"],
    "accept": ["application/xml", "*"],
    "ce-id": [SECRET],
    "ce-specversion": ["1.0", "9"],
    "idempotency-key": [SECRET],
    "range": ["bytes=9-1", "bytes=0-,1-"],
    "if-none-match": ["\xff"],
    "x-forwarded-for": ["\xff"],
}
FORM = b'--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\n\xff\xfe\\ud800\r\n--x--\r\n'
FORMS = st.sampled_from([FORM, b"sequence=9e9&choice=approve", b"answer=%ff&answer=accept", b"&=&"])


@dataclass(frozen=True)
class Door:
    """One service's address, with what its caller says on every request."""

    client: httpx.Client

    def asked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        url = self.client.base_url.copy_with(raw_path=path.encode("ascii", "ignore"))
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        return self.client.request(method, url, headers=raw, content=body)  # type: ignore[arg-type]


@st.composite
def asked(draw: st.DrawFn, paths: tuple[str, ...]) -> tuple[str, str, dict[str, str], bytes]:
    path = draw(st.sampled_from(paths))
    while "{}" in path:
        path = path.replace("{}", draw(STEPS), 1).replace(" ", "%20")
    names = draw(st.sets(st.sampled_from([*HEADERS]), max_size=3)) | {"content-type"}
    headers = {name: draw(st.sampled_from(HEADERS[name])) for name in sorted(names)}
    return draw(METHODS), path, headers, draw(BODIES | FORMS)


@pytest.fixture(scope="package", params=["with a key", "without"])
def intake(gateway: Gateway, request: pytest.FixtureRequest) -> Iterator[Door]:
    key = gateway.secrets.publisher_keys["nwl-trust"]
    headers = {"authorization": f"Bearer {key}"} if request.param == "with a key" else {}
    with httpx.Client(base_url=gateway.addresses["intake"], headers=headers, timeout=60) as client:
        yield Door(client)


@pytest.fixture(scope="package", params=["signed in", "with a token", "as nobody"])
def console(gateway: Gateway, request: pytest.FixtureRequest) -> Iterator[Door]:
    staff, address = gateway.secrets.staff, gateway.addresses["console"]
    with httpx.Client(base_url=address, timeout=60) as client:
        if request.param == "signed in":
            form = {"username": staff.user, "password": staff.password}
            assert client.post("/sign-in", data=form).status_code == 303
        if request.param == "with a token":
            client.headers["authorization"] = f"Bearer {staff.token}"
        yield Door(client)


def documented(door: Door) -> list[APIOperation]:
    address = str(door.client.base_url)
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json").include(path_regex="^/v1/")
    return [each.ok() for each in schema.get_all_operations()]


def ask_as_documented(door: Door, operation: APIOperation, mode: GenerationMode) -> None:
    said = {"headers": dict(door.client.headers), "cookies": dict(door.client.cookies)}

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        answer = case.call(**said)
        assert answer.status_code < 500
        case.validate_response(answer, checks=DOCUMENTED)

    ask()


@pytest.mark.parametrize("mode", GenerationMode)
def test_intake_answers_as_its_document_says(intake: Door, mode: GenerationMode) -> None:
    for operation in documented(intake):
        ask_as_documented(intake, operation, mode)


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_console_answers_as_its_document_says(console: Door, mode: GenerationMode) -> None:
    for operation in documented(console):
        ask_as_documented(console, operation, mode)


def without_pointers(answer: httpx.Response) -> str:
    """Return its headers and its text but for the places of faults: they name what was sent."""
    if not answer.content or answer.headers["content-type"] != PROBLEM_TYPE:
        return f"{answer.headers} {answer.text}"
    problem = answer.json()
    for fault in problem.get("faults", ()):
        del fault["pointer"]
    return f"{answer.headers} {problem}"


@given(request=asked(INTAKE))
def test_intake_refuses_what_is_hostile_with_a_problem(
    intake: Door, request: tuple[str, str, dict[str, str], bytes]
) -> None:
    answer = intake.asked(*request)

    assert answer.status_code < 500
    if answer.is_error and answer.content and answer.status_code != 400:
        assert answer.headers["content-type"] == PROBLEM_TYPE
    assert answer.is_success or SECRET not in without_pointers(answer)


@given(request=asked(PAGES))
def test_the_console_refuses_what_is_hostile(
    console: Door, request: tuple[str, str, dict[str, str], bytes]
) -> None:
    assert console.asked(*request).status_code < 500


@pytest.mark.parametrize("service", topology.ROUTES)
def test_the_operators_addresses_refuse_what_is_hostile(gateway: Gateway, service: str) -> None:
    headers = {"authorization": f"Bearer {gateway.secrets.operator_token}"}
    address = gateway.addresses[service]
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        door = Door(client)

        @FEW
        @given(request=asked(OPERATORS), named=JSON)
        def ask(request: tuple[str, str, dict[str, str], bytes], named: object) -> None:
            answers = [door.asked(*request)]
            answers.append(client.post("/failed-work/retry", json={"collection": named, "id": ""}))
            assert max(answer.status_code for answer in answers) < 500
            assert SECRET not in "".join(answer.text for answer in answers)

        ask()


def test_no_service_has_ended_or_said_what_was_sent(gateway: Gateway) -> None:
    assert gateway.broken_off() == {}
    assert gateway.not_ready() == []
    assert SECRET not in gateway.logged()
    assert SECRET not in gateway.measured()
