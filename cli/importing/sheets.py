"""A spreadsheet whose rows are read: what to send of it, and how to speak of its faults."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cli.events_file import Written
from cli.importing.faults import by_column, shape_findings
from cli.importing.mapping import FIELDS, Mapping, mapping_by_names, read_mapping
from cli.importing.submissions import Submitted, submitted
from cli.importing.tables import Table, read_table
from cli.outcomes import Outcome, Status

UNIT = "row"
ROWS_AT_ONCE = 100


@dataclass(frozen=True)
class Sheet:
    """Its rows by number, and the mapping they were read with."""

    mapping: Mapping
    rows: dict[int, Submitted]

    def events(self, publisher: str, hub: str) -> list[Written]:
        """Return what to send; a row that is blocked has no event."""
        return [
            Written(UNIT, number) if row.blocked else _written(number, row.event(publisher, hub))
            for number, row in self.rows.items()
        ]

    def by_column(self, outcome: Outcome) -> Outcome:
        """Speak of an outcome's faults by column."""
        row = self.rows[outcome.number]
        if outcome.status is not Status.REJECTED:
            return outcome
        faults = shape_findings(row) if row.blocked else outcome.findings
        return replace(outcome, findings=by_column(row, self.mapping, faults))

    def checked(self) -> Iterator[list[Outcome]]:
        """Return what can be said of the rows without sending them."""
        outcomes = []
        for number, row in self.rows.items():
            findings = by_column(row, self.mapping, shape_findings(row))
            status = Status.REJECTED if findings else Status.ACCEPTED
            outcomes.append(Outcome(UNIT, number, None, status, findings=findings))
        for start in range(0, len(outcomes), ROWS_AT_ONCE):
            yield outcomes[start : start + ROWS_AT_ONCE]


def read_sheet(file: Path, mapping_file: Path | None) -> Sheet:
    """Read a spreadsheet by its mapping. Raises CommandError when it cannot be read."""
    if mapping_file is None:
        table = read_table(file, FIELDS)
        mapping = mapping_by_names(table.headings)
    else:
        mapping = read_mapping(mapping_file)
        table = read_table(file, mapping.columns)
    return _sheet(table, mapping.for_table(file, table))


def _sheet(table: Table, mapping: Mapping) -> Sheet:
    return Sheet(mapping, {row.number: submitted(row, mapping) for row in table.rows})


def _written(number: int, event: dict[str, object]) -> Written:
    return Written(UNIT, number, json.dumps(event, ensure_ascii=False), event)
