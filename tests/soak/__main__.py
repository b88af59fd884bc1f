"""`make soak MINUTES=n SEED=s`: prints the faults injected and the effects counted."""

import argparse
import asyncio
import json
import logging
import os
import random
import signal
import subprocess
import sys
from dataclasses import asdict

from rich.console import Console

from tests.soak.network import network, network_here
from tests.soak.report import show
from tests.soak.run import Asked, soak


def main() -> int:
    """Run, print, and return 1 when anything was lost, doubled, refused or given up."""
    asked = _parser().parse_args()
    if asked.outside is None:
        return _inside(asked.broker)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.disable(logging.CRITICAL)  # of the connections that are cut on purpose
    wanted = Asked(
        seed=random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed,
        minutes=None if asked.brief else asked.minutes,
        image=asked.broker,
        container=asked.container,
        outside=asked.outside,
        erase=asked.erase,
    )
    report = asyncio.run(soak(wanted, lambda line: print(line, file=sys.stderr, flush=True)))
    if asked.json:
        print(json.dumps(asdict(report)))
    else:
        show(report, Console())
    return 0 if report.is_clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="how long to send (20)")
    parser.add_argument("--brief", action="store_true", help="each kind of fault once, instead")
    parser.add_argument("--seed", type=int, help="repeats a run's histories and draws of faults")
    parser.add_argument("--broker", help="an image of RabbitMQ to run it on, such as rabbitmq:4.0")
    parser.add_argument(
        "--erase",
        type=int,
        default=0,
        metavar="PEOPLE",
        help="mark so many people, erase them in the end, and search every byte for them",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--outside", help=argparse.SUPPRESS)
    parser.add_argument("--container", default="", help=argparse.SUPPRESS)
    return parser


def _inside(image: str | None) -> int:
    """Run this command again in a network of its own, and end it as we are ended."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where Debian keeps what changes a network
    with network(image) as entry:
        own = (sys.executable, "-m", "tests.soak", *sys.argv[1:])
        where = ("--outside", network_here(), "--container", entry.container)
        running = subprocess.Popen(["/usr/bin/env", *entry.words, *own, *where])  # noqa: S603 - our own words
        signal.signal(signal.SIGINT, lambda *_: None)  # the terminal tells both
        signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        return running.wait()


if __name__ == "__main__":
    sys.exit(main())
