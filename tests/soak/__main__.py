"""`make soak MINUTES=n SEED=s`: prints the faults injected and the effects counted."""

import argparse
import asyncio
import json
import logging
import random
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tests.soak.run import Report, soak


def main() -> None:
    """Run, print, and end with 1 when anything was lost, doubled or swallowed."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="how long to send (20)")
    parser.add_argument("--seed", type=int, help="repeats a run's histories and draws of faults")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    logging.disable(logging.ERROR)  # of the connections that are cut on purpose
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    report = asyncio.run(soak(seed, asked.minutes, lambda line: print(line, file=sys.stderr)))
    if asked.json:
        print(json.dumps(asdict(report)))
    else:
        show(report)
    sys.exit(0 if report.is_clean else 1)


def show(report: Report) -> None:
    """Print the two tables and the sentence."""
    console = Console()
    injected = Table("fault", "times", title="injected")
    for kind, times in sorted(report.faults.items()):
        injected.add_row(kind, str(times))
    injected.add_row("flood of histories", str(report.floods))
    counted = Table("effect", "expected", "lost", "doubled", title="counted from outside")
    for each in report.findings:
        counted.add_row(each.effect, *map(str, (each.expected, each.lost, each.doubled)))
    console.print(injected)
    console.print(counted)
    for each in report.findings:
        for example in each.examples:
            console.print(f"{each.effect}: {example}")
    console.print(
        f"{report.by_http} taken by HTTP, {report.by_amqp} by AMQP, {report.sent_again} sent again,"
        f" {report.refused} refused; {report.poisoned} poisoned, dead letters"
        f" {dict(report.dead_letters)}; work given up {report.failed_work}; mails handed over again"
        f" under the same Message-ID {report.repeated_mails}; quiet after"
        f" {report.seconds_to_quiet:.0f} s. Seed {report.seed}:"
        f" {'nothing lost, nothing doubled' if report.is_clean else 'NOT CLEAN'}."
    )


if __name__ == "__main__":
    main()
