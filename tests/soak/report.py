"""What a run did and what came of it, as a value and as tables."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.soak.findings import Finding
from tests.soak.forgetting import PLACES, Erased


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and what came of it."""

    seed: int
    broker: str
    by_http: int
    by_amqp: int
    sent_again: int
    refused: int
    sending_seconds: float
    longest_gap_seconds: float
    floods: int
    longest_queue: int
    faults: dict[str, int]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]
    repeated_letters: int
    repeated_mails: int
    failed_work: int
    under_way: str = ""
    seconds_to_quiet: float = 0.0
    erased: Erased | None = None

    @property
    def lost(self) -> int:
        return sum(finding.lost for finding in self.findings)

    @property
    def doubled(self) -> int:
        return sum(finding.doubled for finding in self.findings)

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, refused, given up or still to be done; nothing of the erased."""
        wrong = (self.lost, self.doubled, self.refused, self.failed_work, self.under_way)
        return not any(wrong) and (self.erased is None or self.erased.is_clean)

    @property
    def a_second(self) -> float:
        """How many events were taken a second, while faults went on."""
        return (self.by_http + self.by_amqp) / self.sending_seconds


def show(report: Report, console: Console) -> None:
    """Print the two tables and the sentences."""
    console.print(_injected(report), _counted(report))
    for each in report.findings:
        for example in each.examples:
            console.print(f"{each.effect}: {example}")
    if report.under_way:
        console.print(f"never quiet: {report.under_way}")
    if report.left_out:
        console.print(f"not possible on this machine: {', '.join(report.left_out)}")
    if report.erased:
        console.print(_of_erased(report.erased), _sentence(report.erased))
    verdict = "nothing lost, nothing doubled" if report.is_clean else "NOT CLEAN"
    console.print(
        f"RabbitMQ {report.broker}. {report.by_http} taken by HTTP, {report.by_amqp} by AMQP:"
        f" {report.a_second:.1f} a second for {report.sending_seconds:.0f} s, at most"
        f" {report.longest_gap_seconds:.1f} s without one; {report.sent_again} sent again,"
        f" {report.refused} refused. Longest queue {report.longest_queue}; dead letters more than"
        f" once {report.repeated_letters}; mails handed over again under the same Message-ID"
        f" {report.repeated_mails}; work given up {report.failed_work}; quiet after"
        f" {report.seconds_to_quiet:.0f} s. Seed {report.seed}: {verdict}."
    )


def _injected(report: Report) -> Table:
    table = Table("fault", "times", title="injected")
    for kind, times in sorted(report.faults.items()):
        table.add_row(kind, str(times))
    table.add_row("flood of histories", str(report.floods))
    table.add_section()
    table.add_row(f"{len(report.faults)} kinds", str(sum(report.faults.values())))
    return table


def _counted(report: Report) -> Table:
    table = Table("effect", "expected", "lost", "doubled", title="counted from outside")
    for each in report.findings:
        table.add_row(each.effect, *map(str, (each.expected, each.lost, each.doubled)))
    return table


def _of_erased(erased: Erased) -> Table:
    """Show in how many files of each place the search found something."""
    title = f"files with marks of {erased.forgotten.people} people"
    table = Table("place", "before", "left", "control word", title=title)
    for place, count in erased.forgotten.before.items():
        left = sum(1 for name in erased.left if name.startswith(PLACES[place]))
        table.add_row(place, str(count), str(left), str(erased.control[place]))
    table.add_section()
    table.add_row("all files", str(sum(erased.forgotten.before.values())), str(len(erased.left)))
    return table


def _sentence(erased: Erased) -> str:
    done = erased.forgotten
    left = f"\nleft in {', '.join(erased.left)}" if erased.left else ""
    return (
        f"Erased: {done.people} people in {done.seconds:.0f} s, {erased.misfits} submissions of"
        f" whom had been refused or unreadable, at least {erased.retried} after another try;"
        f" `wlc erase` finds {done.found_by_command}. {erased.words} words, each in every form,"
        f" looked for in {erased.files} files, {erased.megabytes} MB, in {erased.seconds:.0f} s:"
        f" left in {len(erased.left)}; in {done.found_in_oplog} of {done.entries_of_oplog} entries"
        f" of the oplog. References alone: in {len(erased.of_references)} files.{left}"
    )
