import pytest

from shared.odds import odds


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.12, "12 in 100"),
        (0.0952, "10 in 100"),
        (0.01, "1 in 100"),
        (0.0051, "1 in 100"),
        (0.004, "1 in 250"),
        (0.0012, "1 in 830"),
        (0.00007, "1 in 14,000"),
        (0.000001, "1 in 1,000,000"),
    ],
)
def test_a_small_chance_is_said_as_small_as_it_is(chance: float, said: str) -> None:
    assert odds(chance) == said


def test_who_was_not_sure_to_be_chosen_is_not_told_that_they_were() -> None:
    assert odds(0.999) == "99 in 100"
