"""Run in the peer's environment: draw once, or write the pool that the peer's own benchmark makes.

python draws.py draw PEOPLE QUOTAS SIZE ID      prints {minimum, chances, seconds} as JSON
python draws.py pool FOLDER COUNT SIZE         writes people.csv and quotas.csv
"""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path
from time import perf_counter

from sortition_algorithms.committee_generation.maximin import find_distribution_maximin
from sortition_algorithms.features import read_in_features
from sortition_algorithms.people import read_in_people
from sortition_algorithms.settings import Settings


def draw(people_file: str, quotas_file: str, size: str, id_column: str) -> None:
    """Print everybody's chance under maximin."""
    features, *_ = read_in_features(*_table(quotas_file))
    settings = Settings(
        id_column=id_column,
        columns_to_keep=[],
        check_same_address=False,
        check_same_address_columns=[],
    )
    people, _ = read_in_people(*_table(people_file), features, settings)
    started = perf_counter()
    panels, weights, _ = find_distribution_maximin(features, people, int(size), [])
    seconds = perf_counter() - started
    chances = defaultdict(float)
    for panel, weight in zip(panels, weights, strict=True):
        for person in panel:
            chances[person] += weight
    found = [chances[person] for person in people]
    print(json.dumps({"minimum": min(found), "chances": found, "seconds": seconds}))


def pool(folder: str, count: str, size: str) -> None:
    """Write a pool as the peer's benchmark makes it; run it where its `benchmarks` lie."""
    from benchmarks.generate_fixtures import generate_scaled_fixtures  # noqa: PLC0415 - see above

    features, people = generate_scaled_fixtures(int(count), panel_size=int(size))
    with Path(folder, "quotas.csv").open("w", encoding="utf-8", newline="") as file:
        quotas = csv.writer(file)
        quotas.writerow(["feature", "value", "min", "max", "min_flex", "max_flex"])
        for name, values in features.items():
            for value, each in values.items():
                quotas.writerow([name, value, each.min, each.max, each.min_flex, each.max_flex])
    with Path(folder, "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", *features])
        for person in people:
            answers = people.get_person_dict(person)
            rows.writerow([person, *(answers[name] for name in features)])


def _table(file: str) -> tuple[list[str], list[dict[str, str]]]:
    with Path(file).open(encoding="utf-8") as opened:
        reader = csv.DictReader(opened)
        rows = list(reader)
    return list(reader.fieldnames or []), rows


if __name__ == "__main__":
    verbs = {"draw": draw, "pool": pool}
    verbs[sys.argv[1]](*sys.argv[2:])
