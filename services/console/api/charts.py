"""Series over months as drawings: where each mark stands. Templates draw them, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.console.queries.over_time import Series
from services.console.queries.special_cause import Cause

WIDTH, TOP, FLOOR = 320.0, 22.0, 122.0
"""The drawing is 320 wide; marks stand between 22 and 122 from above, their names below."""
LABELLED = 13
"""With more months than that, only Januaries are named, and numbers are in the table alone."""
JANUARY = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """One month: its place (the middle), how high it stands, and what is written at it.

    `y` is None where there is no number: `said` is then a star or a dash.
    """

    x: float
    y: float | None
    said: str
    called: str
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of one series."""

    title: str
    marks: tuple[Mark, ...]
    step: float
    lines: tuple[str, ...]
    levels: tuple[tuple[str, float], ...]
    is_bars: bool

    @property
    def stands_out(self) -> bool:
        """Whether a month does."""
        return any(mark.cause for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Style:
    """How the numbers of a chart are drawn and written; `most` is the top of its scale."""

    most: float
    form: str
    none: str
    is_bars: bool

    def said(self, value: float | None) -> str:
        """Return a number as it is written."""
        return self.none if value is None else self.form.format(value)


def bars(title: str, series: Series, months: Sequence[date], most: float) -> Chart:
    """Draw counts as bars; a star stands where one is hidden."""
    return drawn(title, series, months, Style(max(most, 1), "{:.0f}", "*", is_bars=True))


def line(title: str, series: Series, months: Sequence[date], form: str) -> Chart:
    """Draw figures as points, joined where months follow one another."""
    return drawn(title, series, months, Style(1, form, "-", is_bars=False))


def drawn(title: str, series: Series, months: Sequence[date], style: Style) -> Chart:
    """Draw a series."""
    step, is_labelled = WIDTH / len(months), len(months) <= LABELLED
    marks = tuple(
        Mark(
            x=round(step * (place + 0.5), 1),
            y=None if value is None else _height(value, style.most),
            said=style.said(value) if is_labelled or value is None else "",
            called=_called(month, is_labelled=is_labelled),
            cause=cause,
        )
        for place, (month, value, cause) in enumerate(
            zip(months, series.values, series.causes, strict=True)
        )
    )
    return Chart(
        title=title,
        marks=marks,
        step=round(step, 2),
        lines=() if style.is_bars else _lines(marks),
        levels=_levels(series, style.most),
        is_bars=style.is_bars,
    )


def _height(value: float, most: float) -> float:
    return round(FLOOR - (FLOOR - TOP) * min(max(value / most, 0), 1), 1)


def _called(month: date, *, is_labelled: bool) -> str:
    """Name a month below its mark: by a letter, or Januaries by their year."""
    if is_labelled:
        return f"{month:%b}"[0]
    return f"{month:%Y}" if month.month == JANUARY else ""


def _lines(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Return the stretches of months that have numbers, as points of a line."""
    stretches: list[list[str]] = [[]]
    for mark in marks:
        if mark.y is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{mark.x},{mark.y}")
    return tuple(" ".join(each) for each in stretches if len(each) > 1)


def _levels(series: Series, most: float) -> tuple[tuple[str, float], ...]:
    """Return the mean and the limits, those of them that are on the drawing."""
    if series.limits is None:
        return ()
    found = {
        "mean": series.limits.mean,
        "upper": series.limits.upper,
        "lower": series.limits.lower,
    }
    return tuple((name, _height(at, most)) for name, at in found.items() if 0 <= at <= most)
