"""The counting service, killed (as by kill -9) at a named step of its first message.

`python crashing_service.py STEP`, settings from MATCHING_*.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from shared.acks import Acks
from shared.bus import Bus
from shared.outbox import Outbox
from shared.runtime import serve
from shared.transaction import Transaction
from tests.builders.deliveries import Settings, build_app

Method = Callable[..., Awaitable[Any]]


def dies_before(_method: Method) -> Method:
    async def die(*_args: object, **_kwargs: object) -> None:
        os._exit(137)

    return die


def dies_after(method: Method) -> Method:
    async def finish_and_die(*args: object, **kwargs: object) -> None:
        await method(*args, **kwargs)
        os._exit(137)

    return finish_and_die


STEPS: dict[str, tuple[type, str, Callable[[Method], Method]]] = {
    "before-commit": (Transaction, "run", dies_before),
    "after-commit": (Outbox, "send", dies_before),
    "after-publish": (Outbox, "_delete", dies_before),
    "after-outbox-delete": (Outbox, "_delete", dies_after),
    "before-ack": (Acks, "_send", dies_before),
    "after-retry-publish": (Bus, "forward", dies_after),
}

if __name__ == "__main__":
    if sys.argv[1] in STEPS:
        owner, name, dying = STEPS[sys.argv[1]]
        setattr(owner, name, dying(getattr(owner, name)))
    serve(build_app, Settings())
