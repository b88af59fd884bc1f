from datetime import UTC, datetime, timedelta

import pytest

from services.console.api import words
from services.console.api.rendering import _templates
from shared.contracts.engagements import Payment


def test_a_time_is_said_as_it_is_on_the_wall_in_london() -> None:
    start = datetime(2026, 3, 3, 10, tzinfo=UTC)

    winter = words.span(start, start + timedelta(minutes=90))
    summer = words.moment(datetime(2026, 7, 1, 23, 5, tzinfo=UTC))

    assert winter == "Tuesday 3 March 2026, 10:00am to 11:30am"
    assert summer == "Thursday 2 July 2026, 12:05am"


@pytest.mark.parametrize("name", ["involvement", "monitoring", "needs-sharing"])
def test_what_was_agreed_to_is_said_to_the_person_and_to_staff_in_words_of_their_own(
    name: str,
) -> None:
    filters = _templates().filters

    own, of_staff = filters["own_purpose"](name), filters["purpose"](name)

    assert own != of_staff
    assert "their" not in own
    assert "your" not in of_staff


@pytest.mark.parametrize(
    ("chance", "said"), [(0.0, "0%"), (0.0952, "10%"), (0.004, "under 1%"), (1.0, "100%")]
)
def test_a_small_chance_is_never_said_to_be_none(chance: float, said: str) -> None:
    assert words.chance(chance) == said


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (Payment(gbp_per_hour=15), "£15 an hour"),
        (
            Payment(gbp_per_hour=13.5, time_credits=1),
            "£13.50 an hour or 1 time credit an hour",
        ),
        (Payment(time_credits=2), "2 time credits an hour"),
        (Payment(), "This is not paid."),
    ],
)
def test_what_is_offered_is_said_up_front_for_each_hour(payment: Payment, said: str) -> None:
    assert words.pay(payment) == said


@pytest.mark.parametrize(
    ("factor", "said"), [(2, "twice"), (2.0, "twice"), (1.5, "1.5 times"), (10, "10 times")]
)
def test_how_many_times_a_share_is_wanted_is_said_as_people_say_it(
    factor: float, said: str
) -> None:
    assert words.times(factor) == said


def test_a_name_of_the_system_is_said_in_words_and_a_range_keeps_both_ends_apart() -> None:
    assert words.plain("age_band") == "Age band"
    assert words.plain("staff-match") == "Staff match"
    assert words.plain("16-24") == "16 to 24"


def test_a_channel_is_said_as_people_call_it() -> None:
    assert words.channel("sms") == "Text message"
    assert words.channel("email") == "E-mail"


def test_a_need_is_said_in_words_and_an_unknown_code_stays_a_code() -> None:
    assert words.need("1108191000000103") == "Wheelchair access"
    assert words.need("step-free") == "Step free"
    assert words.need("999") == "Code 999"
