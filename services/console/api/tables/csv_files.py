"""Tables as CSV files: RFC 4180, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

MARK = "\ufeff"
"""The byte order mark, by which Excel knows that a file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width signs begin formulas too
"""What a spreadsheet takes for the beginning of a formula, which could send the table away."""
HELD = 64 * 1024
"""So many characters are gathered before they are sent."""

Value = str | int | float | bool | None
Row = Sequence[Value]


def cell(value: Value) -> str:
    """Return what stands in a cell; text that would be a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"'{value}" if _could_be_run(value) else value
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _could_be_run(text: str) -> bool:
    """Whether it begins as a formula does, whatever white space a spreadsheet may pass over."""
    return any(each.startswith(FORMULA) for each in (text, text.lstrip(), text.lstrip(" \u00a0")))


async def written(head: Sequence[str], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
    """Yield a table as the parts of a file, as its rows come."""
    held = io.StringIO()
    held.write(MARK)
    writer = csv.writer(held, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(map(cell, head))
    async for row in rows:
        writer.writerow(map(cell, row))
        if held.tell() > HELD:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()
