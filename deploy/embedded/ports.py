"""Loopback ports for the embedded servers."""

import random
import socket
from collections.abc import Iterable

from deploy.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"
_CHOICE = range(
    20_000, 32_000
)  # below Linux' ephemeral ports, so no outgoing connection can sit on one
_TRIES = 200


def is_free(port: int) -> bool:
    """Tell whether nobody listens there; connections still closing down do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(taken: Iterable[int] = ()) -> int:
    """Return a free port that is none of those already given out, and keep it.

    Drawn at random, so that two installations starting at once do not race for the lowest one.
    """
    reserved = set(taken)
    for port in random.SystemRandom().sample(_CHOICE, _TRIES):
        if port not in reserved and is_free(port) and _keep(port):
            return port
    sentence = (
        f"no free port was found on {LOOPBACK} between {_CHOICE.start} and {_CHOICE.stop}; "
        "stop what uses them (`ss -ltn` lists it) and start again."
    )
    raise EmbeddedError(sentence)


def _keep(port: int) -> bool:
    """Keep a port from other processes of ours until this one ends; False when one has it.

    What is to listen there starts seconds later. A name in Linux' abstract space says that it is
    taken: it is gone with the process, and it belongs to the network that the port belongs to.
    """
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0wlc-port-{port}")
    except OSError:
        mark.close()
        return False
    mark.detach()  # it stays open without us
    return True
