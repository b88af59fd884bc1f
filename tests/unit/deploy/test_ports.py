"""A port is given out once."""

import pytest

from deploy.embedded import ports
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.ports import free_port, is_free


def test_a_port_that_nobody_listens_at_yet_is_given_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setattr(ports, "_CHOICE", range(port, port + 1))
    monkeypatch.setattr(ports, "_TRIES", 1)

    assert is_free(port)
    with pytest.raises(EmbeddedError):
        free_port()
