"""Where the records of a port are kept."""

import pytest

from shared.mongo import Database


@pytest.fixture(params=["memory", "mongo"])
def place(request: pytest.FixtureRequest) -> Database | None:
    return request.getfixturevalue("database") if request.param == "mongo" else None
