"""People who did not answer take part; what the quotas force is said."""

import pytest

from shared.sortition.lottery import Lottery, fair_lottery
from shared.sortition.pools import Pool, pool_of
from shared.sortition.quotas import Features, Quotas
from shared.sortition.unanswered import Unanswered, unanswered
from tests.builders.matching import quotas


def told(silent: int, women: int, asked: Quotas, places: int) -> tuple[Unanswered, ...]:
    people: dict[str, Features] = {f"s{n}": {} for n in range(silent)}
    people |= {f"w{n}": {"sex": "female"} for n in range(women)}
    pool = pool_of(people, asked)
    return unanswered(pool, asked, places, _lottery(pool, asked, places))


def _lottery(pool: Pool, asked: Quotas, places: int) -> Lottery:
    found = fair_lottery(pool, asked, places)
    assert found
    return found


def test_where_the_quotas_leave_room_their_chance_is_the_same() -> None:
    [found] = told(10, 30, quotas(sex={"female": (2, 4)}), 4)

    assert found.mean_chance == pytest.approx(found.mean_chance_of_others) == pytest.approx(0.1)
    assert "free for them" not in found.sentence


def test_minima_that_take_the_places_are_said_to() -> None:
    [found] = told(10, 10, quotas(sex={"female": (3, 4)}), 4)

    assert found.mean_chance == pytest.approx(0.1)
    assert found.sentence == (
        "sex: 10 people whom none of its quotas counts have a chance of 10.00% on average, "
        "the others of 30.00%; "
        "the minima leave 1 place free for them."
    )


def test_where_everybody_answered_there_is_nothing_to_say() -> None:
    assert told(0, 10, quotas(sex={"female": (3, 4)}), 4) == ()
