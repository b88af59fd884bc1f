"""Draws beside those of a peer: the smallest chance, how even all are, and the time.

The peer (`tests/bench/peer/requirements.txt`) has an environment of its own and runs as a process
of its own. Its largest pool is made as its own benchmark makes it.
"""

import csv
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from shared.sortition.figures import figures

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
PEER = Path(__file__).with_name("peer")
CACHE = ROOT / ".cache" / "peer"
UV = ROOT / ".tools" / "bin" / "uv"
PEER_SECONDS = 600
SHORTEST_SECONDS = 0.001
PAPER = {"example_small": 0.1, "example_large": 0.1}
"""The smallest chance under LEXIMIN in the reference's own output (statistics of both pools)."""

Row = dict[str, Any]


class Case(NamedTuple):
    """A pool, its quotas, and how the peer's column of ids is called."""

    name: str
    people: Path
    quotas: Path
    size: int
    id_column: str


class Peer:
    """The peer's environment and its source, from PyPI, kept in `.cache`."""

    def __init__(self) -> None:
        [pinned] = (PEER / "requirements.txt").read_text().split()
        self._python = CACHE / "bin" / "python"
        self.source = CACHE / pinned.replace("==", "-").replace("sortition-", "sortition_")
        if not self._python.exists():
            _run(UV, "venv", "--quiet", "--seed", "--python", sys.executable, CACHE)
            _run(UV, "pip", "install", "--quiet", "--python", self._python, pinned)
        if not self.source.exists():
            download = ("-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:")
            _run(self._python, *download, "--dest", CACHE, pinned)
            with tarfile.open(self.source.with_suffix(f"{self.source.suffix}.tar.gz")) as source:
                source.extractall(CACHE, filter="data")

    def pool(self, folder: Path, count: int, size: int) -> None:
        """Write the pool of the peer's benchmark."""
        _run(self._python, PEER / "draws.py", "pool", folder, count, size, cwd=self.source)

    def draw(self, case: Case) -> Row | None:
        """Return the smallest chance, all chances and the seconds; None after `PEER_SECONDS`."""
        words = ("draw", case.people, case.quotas, case.size, case.id_column)
        try:
            printed = _run(self._python, PEER / "draws.py", *words, seconds=PEER_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        found: Row = json.loads(printed.strip().splitlines()[-1])
        return found


def measure(folder: Path, *, full: bool) -> dict[str, list[Row]]:
    """Return a row for each pool, ours and the peer's, and ours for pools of growing size."""
    peer = Peer()
    return {
        "draws": [_compared(case, peer) for case in _cases(folder, peer, full=full)],
        "draws_by_pool": [_ours(case) for case in _grown(folder, full=full)],
    }


def _cases(folder: Path, peer: Peer, *, full: bool) -> Iterator[Case]:
    yield _public(folder, "example_small", "example_small_20", 20)
    fixtures = peer.source / "tests" / "fixtures"
    yield Case(
        "peer's fixture",
        fixtures / "candidates.csv",
        fixtures / "features.csv",
        22,
        "nationbuilder_id",
    )
    if full:
        yield _public(folder, "example_large", "example_large_200", 200)
    count, size = (750, 112) if full else (300, 45)
    peer.pool(folder, count, size)
    made = (folder / "people.csv", folder / "quotas.csv")
    yield Case(f"peer's benchmark, {count}", *made, size, "id")


def _public(folder: Path, name: str, source: str, size: int) -> Case:
    """Give the people of a reference pool ids, and its quotas the headings that the peer reads."""
    people, quotas = folder / f"{source}.csv", folder / f"{source}_quotas.csv"
    rows = _rows(DATA / source / "respondents.csv")
    _write(people, [["id", *rows[0]], *([n, *row] for n, row in enumerate(rows[1:], 1))])
    _, *bounds = _rows(DATA / source / "categories.csv")
    _write(quotas, [["feature", "value", "min", "max"], *bounds])
    return Case(name, people, quotas, size, "id")


def _grown(folder: Path, *, full: bool) -> Iterator[Case]:
    """Yield pools with the same 200 types of people and the same quotas."""
    die = Random(7)  # noqa: S311 - a repeatable pool, no secret
    features, size = {f"f{n}": [f"v{n}{each}" for each in "abcd"] for n in range(5)}, 100
    types: dict[tuple[str, ...], None] = {}
    while len(types) < 200:
        types[tuple(die.choice(values) for values in features.values())] = None
    known = list(types)
    weights = [die.random() for _ in known]
    for count in (1_000, 10_000, 100_000) if full else (1_000, 10_000):
        picked = [*known, *die.choices(known, weights, k=count - len(known))]
        people, quotas = folder / f"pool{count}.csv", folder / f"pool{count}_quotas.csv"
        _write(people, [["id", *features], *([n, *each] for n, each in enumerate(picked))])
        bounds = [[f, v, 18, 32] for f, values in features.items() for v in values]
        _write(quotas, [["feature", "value", "min", "max"], *bounds])
        yield Case(f"{count} people, 200 types", people, quotas, size, "id")


def _compared(case: Case, peer: Peer) -> Row:
    ours, theirs = _draw(case), peer.draw(case)
    beside: Row = {
        "peer_maximin": None,
        "peer_gini": None,
        "peer_seconds": f"over {PEER_SECONDS}",
        "times_faster": None,
    }
    if theirs is not None:
        beside = {
            "peer_maximin": round(theirs["minimum"], 7),
            "peer_gini": round(figures(theirs["chances"]).gini, 4),
            "peer_seconds": round(theirs["seconds"], 2),
            "times_faster": round(theirs["seconds"] / max(ours["seconds"], SHORTEST_SECONDS)),
        }
    return {
        "pool": case.name,
        "types": ours["types"],
        "leximin_minimum": ours["minimum"],
        "gap": ours["gap"],
        "paper": PAPER.get(case.name),
        "gini": round(ours["gini"], 4),
        "seconds": ours["seconds"],
        **beside,
    }


def _ours(case: Case) -> Row:
    ours = _draw(case)
    names = ("types", "panels", "minimum", "gap", "gini", "seconds")
    return {"pool": case.name, **{name: ours[name] for name in names}}


def _draw(case: Case) -> Row:
    wlc = Path(sys.executable).with_name("wlc")
    words = ("--size", case.size, "--id", case.id_column, "--json")
    found: Row = json.loads(_run(wlc, "match", "draw", case.people, case.quotas, *words))
    return found


def _run(*words: object, cwd: Path | None = None, seconds: float | None = None) -> str:
    environment = {**os.environ, "PYTHONPATH": str(cwd or ROOT), "UV_PYTHON_DOWNLOADS": "never"}
    return subprocess.run(  # noqa: S603 - words of our own
        list(map(str, words)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=seconds,
    ).stdout


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def _write(file: Path, rows: list[list[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
