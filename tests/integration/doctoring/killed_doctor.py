"""`wlc doctor --fix`, killed (as by kill -9) after a step at one queue.

`python killed_doctor.py URL QUEUE STEP`; the steps are numbered from 1.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from cli.broker import ask
from cli.doctoring import replacement
from cli.doctoring.replacement import Replacement
from cli.doctoring.structure import mend
from tests.integration.doctoring.upgraded import only

URL, QUEUE, STEP = sys.argv[1:]
STEPS = count(1)

Step = Callable[..., Awaitable[Any]]


def dies_after(step: Step) -> Step:
    async def taken(*args: Any) -> Any:
        result = await step(*args)
        if next(STEPS) == int(STEP):
            os._exit(137)
        return result

    return taken


for owner, names in {
    Replacement: ("_bind", "_unbind", "_delete"),
    replacement: ("declare_queue", "_publish"),
}.items():
    for name in names:
        setattr(owner, name, dies_after(getattr(owner, name)))

if __name__ == "__main__":
    ask(URL, lambda channel: mend(channel, only(QUEUE), {}, print))
