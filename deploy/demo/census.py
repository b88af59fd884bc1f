"""Residents in the proportions that the census found."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

from deploy.demo.profile import ETHNIC_GROUPS
from deploy.demo.shapes import Resident

SOURCES = Path(__file__).parent / "sources"
LAMBETH = "Lambeth"


@dataclass(frozen=True)
class Borough:
    """Census counts of one borough; `age_band` counts people of 16 and over."""

    code: str
    name: str
    population: int
    ethnicity: Mapping[str, int]
    sex: Mapping[str, int]
    disability: Mapping[str, int]
    age_band: Mapping[str, int]


def boroughs() -> list[Borough]:
    """Return the eight boroughs of North West London, then Lambeth."""
    ages = {row["ltla21_code"]: row for row in _rows("ons_mye2020_age16plus_boroughs.csv")}
    found = [_borough(row, ages[row["ltla21_code"]]) for row in _rows("census2021_boroughs.csv")]
    return sorted(found, key=lambda borough: (borough.name == LAMBETH, borough.code))


def share_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide `total` in proportion to the weights, by largest remainder."""
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    shares = {key: int(part) for key, part in exact.items()}
    by_remainder = sorted(exact, key=lambda key: shares[key] - exact[key])
    for key in by_remainder[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def residents(rng: Random, hub: str, total: int, places: list[Borough]) -> list[Resident]:
    """Draw a hub's people: each borough holds its census shares of every feature."""
    drawn: list[Resident] = []
    sizes = share_out(total, {place.name: place.population for place in places})
    for place in places:
        size = sizes[place.name]
        features = zip(
            _dealt(rng, size, place.ethnicity),
            _dealt(rng, size, place.sex),
            _dealt(rng, size, place.age_band),
            _dealt(rng, size, place.disability),
            strict=True,
        )
        drawn += [
            Resident(hub, place.name, ethnicity, sex, age_band, disability == "yes")
            for ethnicity, sex, age_band, disability in features
        ]
    rng.shuffle(drawn)
    return drawn


def _dealt(rng: Random, size: int, weights: Mapping[str, int]) -> list[str]:
    shares = share_out(size, weights)
    values = [value for value, count in shares.items() for _ in range(count)]
    rng.shuffle(values)
    return values


def _borough(census: dict[str, str], ages: dict[str, str]) -> Borough:
    return Borough(
        code=census["ltla21_code"],
        name=census["ltla21_name"],
        population=int(census["total_population"]),
        ethnicity={name: int(census[group.column]) for name, group in ETHNIC_GROUPS.items()},
        sex={"female": int(census["females"]), "male": int(census["males"])},
        disability={
            "yes": int(census["disabled_equality_act"]),
            "no": int(census["not_disabled"]),
        },
        age_band={band: int(count) for band, count in ages.items() if band[0].isdigit()},
    )


def _rows(file: str) -> list[dict[str, str]]:
    with (SOURCES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
