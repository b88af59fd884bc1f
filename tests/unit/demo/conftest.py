"""The demo's input, generated once."""

import pytest

from deploy.demo.generate import generate, plan
from deploy.demo.plan import Plan
from deploy.demo.shapes import Submission


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return generate()


@pytest.fixture(scope="session")
def drawn() -> Plan:
    return plan()


@pytest.fixture(scope="session")
def accepted(drawn: Plan) -> list[Submission]:
    return [entry.submission for entry in drawn.entries if not entry.fault and not entry.repeats]
