"""The census figures that matching ships."""

import csv
from pathlib import Path

from services.matching.domain.population import Census

CENSUS = Path(__file__).parents[1] / "census"
ETHNIC_GROUPS = {
    "asian": "Asian, Asian British",
    "black": "Black, Black British",
    "mixed": "Mixed or Multiple",
    "other": "Other ethnic group",
    "white": "White: ",
}
"""The headings under which the census counts the 19 groups."""


def read_census(folder: Path = CENSUS) -> Census:
    """Return the people of each borough by ethnicity, sex and age band."""
    figures: dict[str, dict[str, dict[str, int]]] = {}
    for row in _rows(folder / "census2021_boroughs.csv"):
        figures[row["ltla21_name"]] = {
            "ethnicity": {
                value: sum(int(count) for group, count in row.items() if group.startswith(heading))
                for value, heading in ETHNIC_GROUPS.items()
            },
            "sex": {"female": int(row["females"]), "male": int(row["males"])},
        }
    for row in _rows(folder / "ons_mye2020_age16plus_boroughs.csv"):
        bands = {band: int(count) for band, count in row.items() if not band.startswith("ltla")}
        figures[row["ltla21_name"]]["age_band"] = bands
    return figures


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
