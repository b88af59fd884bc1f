"""One run: up, histories and faults, quiet, audit, down."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from deploy.accounts import SERVICES
from shared.mongo import connect
from tests.builders.plain_mongod import plain_mongod
from tests.soak.answers import Answers
from tests.soak.audit import Auditor
from tests.soak.broker import Broker, EmbeddedBroker, in_container
from tests.soak.faults import BRIEF, Faults, Pace
from tests.soak.findings import Finding, counted
from tests.soak.forgetting import INSTALLATION, LETTERS, Erased, Forgetting, Forgotten
from tests.soak.history import History
from tests.soak.installation import Installation
from tests.soak.misfits import Misfits
from tests.soak.network import Network
from tests.soak.posting import post
from tests.soak.quiet import until_quiet
from tests.soak.report import Report
from tests.soak.sending import publisher_in
from tests.soak.traffic import Traffic

LAST_ANSWERS_SECONDS = 60.0
TELL_SECONDS = 10.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run: for so many minutes, or (None) each kind of fault once and briefly.

    So many people are marked, to `erase` them at the end. `image` and `container` are of the broker
    and of whoever holds its network; `outside` is the machine's network.
    """

    seed: int
    minutes: float | None
    image: str | None
    container: str
    outside: str
    erase: int = 0

    @property
    def pace(self) -> Pace:
        return BRIEF if self.minutes is None else Pace()


async def soak(asked: Asked, tell: Tell) -> Report:
    """Run it in a folder of its own, which stays when the run is not clean."""
    folder = Path(tempfile.mkdtemp(prefix="wlc-soak-"))
    tell(f"everything is in {folder}")
    installation = Installation(folder / INSTALLATION, _written_down(folder) if asked.erase else {})
    async with _broker(asked, installation) as broker:
        try:
            await installation.up(broker.url)
            run = _Run(asked, installation, broker, tell)
            report = await run.report()
        finally:
            await installation.down()
    report = replace(report, erased=run.searched())
    if report.is_clean:
        shutil.rmtree(folder)
    return report


def _written_down(folder: Path) -> dict[str, str]:
    """Have letters printed, and nothing compressed of what is to be searched."""
    letters = folder / LETTERS
    letters.mkdir()
    return {
        "WLC_MONGOD": str(plain_mongod(folder)),
        "NOTIFICATION_PRINT_FOLDER": str(letters),
    }


@asynccontextmanager
async def _broker(asked: Asked, installation: Installation) -> AsyncIterator[Broker]:
    if asked.image is None:
        yield EmbeddedBroker(installation)
        return
    async with in_container(asked.image, asked.container, installation) as broker:
        yield broker


class _Run:
    def __init__(
        self, asked: Asked, installation: Installation, broker: Broker, tell: Tell
    ) -> None:
        self._asked, self._tell = asked, tell
        self._installation, self._broker = installation, broker
        network = Network(asked.outside)
        self._faults = Faults(installation, broker, network, asked.seed, asked.pace)
        self._history = History(asked.seed, asked.erase)
        addresses = installation.addresses
        self._misfits = Misfits(installation, self._history)
        self._forgetting = Forgetting(installation, self._history, tell)
        self._forgotten: Forgotten | None = None
        self._traffic = Traffic(addresses, self._history, self._faults.flood)
        self._answers = Answers(publisher_in(addresses))
        client = connect(addresses["mongo_url"], name="soak")
        self._databases = {name: client[name] for name in SERVICES}

    async def report(self) -> Report:
        version = await self._broker.control("version")
        reading = asyncio.create_task(self._answers.run())
        posting = asyncio.create_task(self._post())
        await self._break_and_send()
        if self._asked.erase:
            await self._misfits.have_tried_again()
        done = self._faults.done.total()
        taken = len(self._traffic.ledger.accepted)
        self._tell(f"{taken} taken, {done} faults; waiting until it is quiet")
        started = monotonic()
        under_way = await until_quiet(self._installation, list(self._databases.values()))
        seconds = monotonic() - started
        answered = await self._answered()
        reading.cancel()
        posting.cancel()
        report = await self._reported((version or "").strip(), answered)
        if self._asked.erase:
            self._forgotten = await self._forgetting.run(self._databases["intake"])
        return replace(report, under_way=under_way, seconds_to_quiet=seconds)

    def searched(self) -> Erased | None:
        """Search all that was written, when nothing runs any more; None where nobody was erased."""
        forgotten = self._forgotten
        return self._forgetting.searched(forgotten, self._misfits) if forgotten else None

    async def _post(self) -> None:
        """Post the letters, where they are printed."""
        if self._asked.erase:
            await post(self._installation.folder.parent / LETTERS)

    async def _break_and_send(self) -> None:
        stopping, minutes = asyncio.Event(), self._asked.minutes
        async with asyncio.TaskGroup() as group:
            group.create_task(self._traffic.run(stopping))
            group.create_task(self._misfits.run())
            group.create_task(self._tell_on(stopping))
            if minutes is not None:
                asyncio.get_running_loop().call_later(minutes * 60, stopping.set)
            try:
                await self._faults.run(stopping, rounds=1 if minutes is None else None)
            finally:
                stopping.set()

    async def _tell_on(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), TELL_SECONDS)
            taken, done = len(self._traffic.ledger.accepted), self._faults.done.total()
            self._tell(f"{taken} taken, {done} faults; now: {self._faults.now}")

    async def _answered(self) -> Finding:
        """Every event that was taken got one answer, under whichever id it was told how often."""
        accepted, answers = self._traffic.ledger.accepted, self._answers.accepted
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_ANSWERS_SECONDS):
                while not accepted <= answers.keys():
                    await asyncio.sleep(1)
        found = Counter({event_id: len(ids) for event_id, ids in answers.items()})
        return counted("answers to the publisher", accepted, found)

    async def _reported(self, version: str, answered: Finding) -> Report:
        ledger, faults, traffic = self._traffic.ledger, self._faults, self._traffic
        auditor = Auditor(
            self._databases, Path(self._installation.addresses["mail_dir"]), self._history
        )
        letters = Counter(row["message_id"] for row in await self._installation.dead_letters())
        buried = counted("poison in the dead letters", faults.poison, Counter(set(letters)))
        return Report(
            seed=self._asked.seed,
            broker=version,
            by_http=len(ledger.by_http),
            by_amqp=len(ledger.by_amqp),
            sent_again=ledger.sent_again,
            refused=len(ledger.refused),
            sending_seconds=traffic.seconds,
            longest_gap_seconds=ledger.longest_gap,
            floods=traffic.floods,
            longest_queue=faults.longest_queue,
            faults=dict(faults.done),
            left_out=tuple(faults.left_out),
            findings=(*await auditor.findings(ledger.accepted), answered, buried),
            repeated_letters=letters.total() - len(letters),
            repeated_mails=auditor.repeats(),
            failed_work=await auditor.failed_work(),
        )
