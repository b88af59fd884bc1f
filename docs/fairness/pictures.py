"""Draws the pictures of fairness.md from a real run: a pool, its quotas, three ways to draw.

`PYTHONPATH=. python docs/fairness/pictures.py` writes the pool and the pictures beside itself. The
people are made up: who comes forward is not like who lives there, and one in eight says nothing of
their ethnicity.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from services.matching.domain.population import in_boroughs, population_quotas
from services.matching.store import read_census
from shared.sortition.figures import figures
from shared.sortition.lot import Lot, by_lot
from shared.sortition.lottery import Method, fair_lottery
from shared.sortition.pools import Pool, pool_of
from shared.sortition.quotas import Features

HERE = Path(__file__).parent
WEST_LONDON = ("Brent", "Ealing", "Harrow", "Hillingdon", "Hounslow")
PLACES, PEOPLE, SEED = 24, 300, "2 May 2026: 4 17 23"
COMES_FORWARD = {"asian": 0.5, "white": 1.8, "65-74": 2.5, "75+": 1.5, "16-24": 0.3, "female": 1.8}
"""How much likelier than others, where it is not as likely."""
SILENT = 0.125

INK, GREY, BLUE, ORANGE, GREEN = "#212b32", "#aeb7bd", "#005eb8", "#b25000", "#00703c"


def main() -> None:
    """Write pool, quotas and pictures."""
    census = in_boroughs(read_census(), WEST_LONDON)
    people, quotas = _people(census), population_quotas(census, PLACES)
    _write("people.csv", [["id", *census], *([n, *each.values()] for n, each in people.items())])
    _write(
        "quotas.csv",
        [["feature", "value", "min", "max"], *([q.feature, q.value, q.min, q.max] for q in quotas)],
    )
    pool = pool_of(people, quotas)
    lotteries = {method: fair_lottery(pool, quotas, PLACES, method=method) for method in Method}
    leximin = lotteries[Method.LEXIMIN]
    if leximin is None:
        raise SystemExit("no panel meets the quotas of this pool")
    chances = {name: _sorted(pool, each.chances(pool)) for name, each in lotteries.items() if each}
    (HERE / "chances.svg").write_text(_curves(chances))
    _, panel, _ = by_lot(pool, leximin, Lot(SEED))
    (HERE / "panel.svg").write_text(_bars(census, people, panel))


def _people(census: dict[str, dict[str, int]]) -> dict[str, Features]:
    die = Random(5)  # noqa: S311 - a repeatable pool, no secret
    people = {}
    for number in range(PEOPLE):
        answers = {}
        for feature, values in census.items():
            weights = [count * COMES_FORWARD.get(value, 1) for value, count in values.items()]
            [answers[feature]] = die.choices(list(values), weights)
        if die.random() < SILENT:
            answers["ethnicity"] = "prefer-not-to-say"
        people[f"p{number:03}"] = answers
    return people


def _sorted(pool: Pool, chances: Iterable[float]) -> list[float]:
    pairs = zip(chances, pool.sizes.tolist(), strict=True)
    return sorted(float(chance) for chance, size in pairs for _ in range(size))


def _curves(chances: dict[Method, list[float]]) -> str:
    """Draw everybody's chance, from the smallest to the largest, for each way."""
    width, height, top = 640, 300, 0.4
    colours = {Method.LEXIMIN: BLUE, Method.MAXIMIN: ORANGE, Method.NASH: GREEN}
    parts = [_text(60, 24, "Chance of each of 300 people of one of 24 places", 16)]
    for percent in range(0, 41, 10):
        y = 40 + height * (1 - percent / 100 / top)
        parts.append(f'<line x1="60" x2="{60 + width}" y1="{y}" y2="{y}" stroke="{GREY}"/>')
        parts.append(_text(52, y + 5, f"{percent} %", 13, "end"))
    for place, (method, some) in enumerate(chances.items()):
        points = " ".join(
            f"{60 + width * n / (len(some) - 1):.1f},{40 + height * (1 - min(c, top) / top):.1f}"
            for n, c in enumerate(some)
        )
        dash = ("", "7 4", "2 3")[place]
        parts.append(
            f'<polyline fill="none" stroke="{colours[method]}" stroke-width="3"'
            f' stroke-dasharray="{dash}" points="{points}"/>'
        )
        words = f"{method.value}: smallest {some[0]:.1%}, Gini {figures(some).gini:.3f}"
        parts.append(_text(80, 62 + 20 * place, words, 14, colour=colours[method]))
    parts.append(_text(60 + width / 2, 40 + height + 24, "people, by their chance", 13, "middle"))
    return _svg(width + 90, height + 80, parts)


def _bars(
    census: dict[str, dict[str, int]], people: dict[str, Features], panel: Sequence[str]
) -> str:
    """Draw the shares of population, pool and panel for each value."""
    parts = [_text(20, 24, "Who lives there, who came forward, who was drawn", 16)]
    y = 44
    for feature, values in census.items():
        parts.append(_text(20, y + 12, feature.replace("_", " "), 14))
        y += 20
        total = sum(values.values())
        for value, count in values.items():
            shares = (
                (count / total, GREY),
                (sum(p[feature] == value for p in people.values()) / len(people), ORANGE),
                (sum(people[p][feature] == value for p in panel) / len(panel), BLUE),
            )
            parts.append(_text(110, y + 17, value, 13, "end"))
            for row, (share, colour) in enumerate(shares):
                parts.append(
                    f'<rect x="120" y="{y + row * 8}" width="{share * 480:.0f}" height="7"'
                    f' fill="{colour}"/>'
                    + _text(126 + share * 480, y + row * 8 + 7, f"{share:.0%}", 9)
                )
            y += 30
        y += 8
    for place, (words, colour) in enumerate(
        (("population", GREY), ("pool", ORANGE), ("panel", BLUE))
    ):
        parts.append(
            f'<rect x="{120 + 110 * place}" y="{y}" width="12" height="12" fill="{colour}"/>'
        )
        parts.append(_text(138 + 110 * place, y + 11, words, 13))
    return _svg(660, y + 30, parts)


def _text(
    x: float, y: float, words: str, size: int, anchor: str = "start", colour: str = INK
) -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" fill="{colour}"'
    return f'<text x="{x:.0f}" y="{y:.0f}" {style}>{words}</text>'


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' font-family="Arial, sans-serif">\n<rect width="100%" height="100%" fill="white"/>\n'
        f"{body}\n</svg>\n"
    )


def _write(name: str, rows: Iterable[Sequence[object]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
