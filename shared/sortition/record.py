"""The public record of a draw: the pool by type, the portfolio of panels, the seed, the panel.

It names nobody. What is settled before the draw has a hash, to be published before the seed is
known, so that nobody can choose the outcome; and all of it can be computed again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import numpy as np

from shared.sortition.draw import Basis
from shared.sortition.lot import Lot
from shared.sortition.lottery import Lottery, Method, fair_lottery
from shared.sortition.panels import rows_of
from shared.sortition.pools import Counts, Pool, Profile
from shared.sortition.quotas import Quota, Quotas
from shared.sortition.seeds import commitment_to, seed_from

FORMAT = "wlc-draw.v1"
SETTLED = ("format", "method", "places", "quotas", "pool", "portfolio")
"""What is known before the seed is, and goes into the hash."""
ALIKE = 1e-5

Record = dict[str, Any]


def settled(pool: Pool, quotas: Quotas, places: int, lottery: Lottery, method: Method) -> Record:
    """Return the record as it is before the draw, with its hash."""
    chances = lottery.chances(pool).tolist()
    record = {
        "format": FORMAT,
        "method": method.value,
        "places": places,
        "quotas": [asdict(quota) for quota in quotas],
        "pool": [
            {
                "values": dict(zip(pool.features, profile.values, strict=True)),
                "had": profile.had,
                "home": profile.home,
                "people": len(ids),
                "chance": chance,
            }
            for profile, ids, chance in zip(pool.profiles, pool.people, chances, strict=True)
        ],
        "portfolio": [
            {"weight": weight, "panel": _numbered(panel)}
            for panel, weight in zip(lottery.panels, lottery.weights, strict=True)
        ],
    }
    return {**record, "sha256": hash_of(record)}


def record_of(basis: Basis, nonce: str) -> Record:
    """Return the record of a draw that was made, with the nonce from which its seed came."""
    record = settled(basis.pool, basis.quotas, basis.places, basis.lottery, Method.LEXIMIN)
    told = {"nonce": nonce, "commitment": commitment_to(nonce)}
    return {**drawn(record, str(basis.seed)), **told}


def drawn(record: Record, seed: str) -> Record:
    """Return the record with the seed, and which panel of the portfolio it draws."""
    return {**record, "seed": seed, "drawn": Lot(seed).panel_of(_lottery(record))}


def hash_of(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is settled, as JSON without spaces and with sorted keys."""
    text = json.dumps(
        {name: record[name] for name in SETTLED}, sort_keys=True, separators=(",", ":")
    )
    return sha256(text.encode()).hexdigest()


def faults(record: Record) -> list[str]:
    """Compute a record anew; name everything in it that does not hold.

    The record has the form of one. Raises OutOfTimeError and SolverFailedError.
    """
    pool, quotas, lottery = _pool(record), _quotas(record), _lottery(record)
    found = [*_faults_of_hash(record), *_faults_of_panels(record, pool, quotas, lottery)]
    return found or [*_faults_of_fairness(record, pool, quotas)]


def _faults_of_hash(record: Record) -> Iterator[str]:
    if hash_of(record) != record["sha256"]:
        yield "The hash is not that of the pool, the quotas and the portfolio."
    seed = record.get("seed")
    if seed is not None and Lot(seed).panel_of(_lottery(record)) != record.get("drawn"):
        yield "The seed draws another panel than the one recorded."
    nonce = record.get("nonce")
    if nonce is not None and str(seed_from(nonce)) != seed:
        yield "The seed does not come from the nonce."
    if nonce is not None and commitment_to(nonce) != record.get("commitment"):
        yield "The commitment is not the hash of the nonce."


def _faults_of_panels(
    record: Record, pool: Pool, quotas: Quotas, lottery: Lottery
) -> Iterator[str]:
    rows, least, most = rows_of(pool, quotas, record["places"])
    for number, panel in enumerate(lottery.panels):
        if (panel < 0).any() or (panel > pool.sizes).any():
            yield f"Panel {number} has more people of a type than there are."
        counts = rows @ panel
        if (counts < least).any() or (counts > most).any():
            yield f"Panel {number} does not meet the quotas."
    if abs(sum(lottery.weights) - 1) > ALIKE or min(lottery.weights) < 0:
        yield "The weights do not add up to 1."
    told = np.array([each["chance"] for each in record["pool"]])
    if np.abs(lottery.chances(pool) - told).max() > ALIKE:
        yield "The chances are not those that the portfolio gives."


def _faults_of_fairness(record: Record, pool: Pool, quotas: Quotas) -> Iterator[str]:
    method = Method(record["method"])
    fair = fair_lottery(pool, quotas, record["places"], method=method)
    if fair is None:
        yield "No panel meets the quotas."
    elif not _is_as_fair(_lottery(record).chances(pool) + pool.had, pool, fair, method):
        yield f"Fairer chances are possible ({method.value})."


def _is_as_fair(told: Any, pool: Pool, fair: Lottery, method: Method) -> bool:
    best = fair.chances(pool) + pool.had
    if method is Method.LEXIMIN:
        return bool(np.abs(told - best).max() <= ALIKE)
    return bool(method is Method.NASH or told.min() >= best.min() - ALIKE)


def _pool(record: Record) -> Pool:
    """Return a pool of nameless people; each home is one that its people share."""
    types: Sequence[Record] = record["pool"]
    features = tuple(sorted({name for each in types for name in each["values"]}))
    profiles = tuple(
        Profile(
            tuple(each["values"][name] for name in features),
            each["had"],
            tuple((tuple(values), had) for values, had in each["home"]),
        )
        for each in types
    )
    people = tuple(
        tuple(f"{place}.{number}" for number in range(each["people"]))
        for place, each in enumerate(types)
    )
    return Pool(features, profiles, people)


def _quotas(record: Record) -> Quotas:
    return tuple(Quota(**each) for each in record["quotas"])


def _numbered(panel: Counts) -> list[list[int]]:
    """Return the places of a panel's types in the pool, each with how many people it has."""
    return [[int(place), int(panel[place])] for place in np.flatnonzero(panel)]


def _lottery(record: Record) -> Lottery:
    panels = tuple(_panel(each["panel"], len(record["pool"])) for each in record["portfolio"])
    return Lottery(panels, tuple(each["weight"] for each in record["portfolio"]), bound=1.0)


def _panel(numbered: Sequence[Sequence[int]], types: int) -> Counts:
    panel = np.zeros(types, dtype=np.int64)
    for place, people in numbered:
        panel[place] = people
    return panel
