"""One run: up, histories and faults for so many minutes, quiet, audit, down."""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.soak.audit import Auditor, Finding, until_quiet
from tests.soak.faults import Faults
from tests.soak.history import Event, History
from tests.soak.installation import Installation
from tests.soak.sending import Ledger, Sender

AT_ONCE = 8
FLOOD_EVERY_SECONDS = 60.0
FLOOD_HISTORIES = 100
PAUSE_SECONDS = 0.25

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and what came of it."""

    seed: int
    by_http: int
    by_amqp: int
    sent_again: int
    refused: int
    floods: int
    faults: Counter[str]
    findings: tuple[Finding, ...]
    poisoned: int
    poison_tried: int
    dead_letters: Counter[str]
    repeated_mails: int
    failed_work: int
    seconds_to_quiet: float

    @property
    def lost(self) -> int:
        return sum(finding.lost for finding in self.findings)

    @property
    def doubled(self) -> int:
        return sum(finding.doubled for finding in self.findings)

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing doubled, no poison swallowed, nothing else dead or given up."""
        dead = self.dead_letters["malformed"]
        buried = self.poisoned <= dead <= self.poison_tried and dead == self.dead_letters.total()
        return not (self.lost or self.doubled or self.refused or self.failed_work) and buried


async def soak(seed: int, minutes: float, tell: Tell) -> Report:
    """Run it in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="wlc-soak-") as folder:
        installation = Installation(Path(folder))
        await installation.up()
        try:
            return await _soak(installation, seed, minutes, tell)
        finally:
            await installation.down()


async def _soak(installation: Installation, seed: int, minutes: float, tell: Tell) -> Report:
    ledger, history, stopping = Ledger(), History(seed), asyncio.Event()
    faults = Faults(installation, seed)
    breaking = asyncio.create_task(faults.run(stopping))
    floods = await _send(installation, history, ledger, minutes * 60, tell)
    stopping.set()
    await breaking
    tell(f"{len(ledger.accepted)} taken, {faults.done.total()} faults; waiting until it is quiet")
    seconds = await until_quiet(installation)
    auditor = Auditor(installation, history, ledger.accepted)
    letters = Counter(letter["reason"] for letter in await installation.dead_letters())
    return Report(
        seed=seed,
        by_http=len(ledger.by_http),
        by_amqp=len(ledger.by_amqp),
        sent_again=ledger.sent_again,
        refused=len(ledger.refused),
        floods=floods,
        faults=faults.done,
        findings=tuple(await auditor.findings()),
        poisoned=faults.poisoned,
        poison_tried=faults.poison_tried,
        dead_letters=letters,
        repeated_mails=auditor.repeats(),
        failed_work=await auditor.failed_work(),
        seconds_to_quiet=seconds,
    )


async def _send(
    installation: Installation, history: History, ledger: Ledger, seconds: float, tell: Tell
) -> int:
    """Send histories side by side, at times many at once; return how often it was many."""
    senders = [Sender(installation.addresses, ledger) for _ in range(AT_ONCE)]
    die = random.Random(history.seed + 1)  # noqa: S311 - a repeatable die, no secret
    histories, floods, started = history.events(), 0, monotonic()
    while (passed := monotonic() - started) < seconds:
        is_flood = passed > (floods + 1) * FLOOD_EVERY_SECONDS
        floods += is_flood
        count = FLOOD_HISTORIES if is_flood else AT_ONCE
        wave = [next(histories) for _ in range(count)]
        await asyncio.gather(
            *(
                _tell(senders[number % AT_ONCE], one, die.random())
                for number, one in enumerate(wave)
            )
        )
        tell(f"{len(ledger.accepted)} taken")
        await asyncio.sleep(PAUSE_SECONDS)
    for sender in senders:
        await sender.close()
    return floods


async def _tell(sender: Sender, history: tuple[list[Event], list[Event]], chance: float) -> None:
    """Send a history by HTTP, by AMQP, or half by each at the same time; then its end."""
    events, last = history
    middle = {0: 0, 1: len(events)}.get(int(chance * 3), len(events) // 2)
    await asyncio.gather(
        sender.by_http(events[:middle]) if middle else asyncio.sleep(0),
        sender.by_amqp(events[middle:]),
    )
    for event in last:
        await sender.when_known(event)
