"""The demo's input, generated once."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from deploy.demo.generate import generate, plan
from deploy.demo.plan import Plan
from deploy.demo.shapes import Submission


@pytest.fixture(scope="session", autouse=True)
def _namespaces() -> Iterator[None]:
    """Take back that weasyprint (70.0) names the empty namespace for all XML of the process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(ET._namespace_map, "", raising=False)
        yield


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return generate()


@pytest.fixture(scope="session")
def drawn() -> Plan:
    return plan()


@pytest.fixture(scope="session")
def accepted(drawn: Plan) -> list[Submission]:
    return [entry.submission for entry in drawn.entries if not entry.fault and not entry.repeats]
