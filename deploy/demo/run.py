"""The demo, `python -m deploy.demo.run`: starts everything, plays the main job, stops it all."""

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from deploy.demo.command import Wlc
from deploy.demo.errors import DemoError
from deploy.demo.loader import load
from deploy.demo.report import Report
from deploy.demo.shipment import Packer
from deploy.demo.story import Story
from deploy.demo.telling import Teller

EVERYBODY = 2_300
SEED = 7
DONE, FAILED = 0, 1


class Options(argparse.Namespace):
    """What can be asked for."""

    people: int
    seed: int
    keep: bool
    json: Path | None


async def play(options: Options, teller: Teller, folder: Path) -> Report:
    """Start, play, and whatever happens stop."""
    share = min(1.0, options.people / EVERYBODY)
    shipment = Packer(load(datetime.now(UTC).date()), folder / "input", share).pack()
    wlc = Wlc(folder / "installation")
    try:
        with teller.phase("Start: RabbitMQ, MongoDB, mail, five services"):
            addresses = await wlc.up(lambda line: teller.say(line.decode().strip()))
        teller.say(f"console {addresses.console_url}, intake {addresses.intake_url}")
        story = Story(wlc, addresses, shipment, teller, options.seed)
        await story.play()
    finally:
        teller.say("stopping everything")
        await wlc.down()
    story.report.phases, story.report.seconds = teller.phases, round(teller.seconds, 1)
    return story.report


async def run(options: Options) -> int:
    """Play in a folder of its own; return the exit code."""
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, _cancel, task)
    teller = Teller()
    folder = Path(tempfile.mkdtemp(prefix="wlc-demo-"))
    try:
        report = await play(options, teller, folder)
    except (DemoError, TimeoutError, ExceptionGroup) as error:
        teller.say(f"FAILED: {_reason(error)}")
        return FAILED
    except asyncio.CancelledError:
        teller.say("FAILED: interrupted")
        return FAILED
    finally:
        _leave(folder, teller, keep=options.keep)
    report.show(teller.console)
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=2), encoding="utf-8")
    teller.say("done: everything as expected, nothing left running")
    return DONE


def _cancel(task: "asyncio.Task[int] | None") -> None:
    if task is not None and not task.cancelling():
        task.cancel()


def _reason(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_reason(one) for one in error.exceptions)
    if isinstance(error, TimeoutError):
        return "people and services did not come to rest in time"
    return str(error) or type(error).__name__


def _leave(folder: Path, teller: Teller, *, keep: bool) -> None:
    if keep:
        teller.say(f"everything is kept in {folder}; its logs are in installation/logs")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.run", description=__doc__)
    parser.add_argument("--people", type=int, default=EVERYBODY, help="about how many are sent")
    parser.add_argument("--seed", type=int, default=SEED, help="of what people answer")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON too")
    return asyncio.run(run(parser.parse_args(namespace=Options())))


if __name__ == "__main__":
    sys.exit(main())
