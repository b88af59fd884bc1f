"""Whose data is asked for, or who is to be forgotten, is named by an id or a reference."""

from uuid import uuid4

import pytest

from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

WHO = str(uuid4())
ASKED = "/v1/people"


def test_a_reference_is_read_from_standard_input_and_stands_in_no_sentence(
    services: FakeServices,
) -> None:
    services.answers[ASKED] = (200, [])

    ended = wlc("subject-access", "-", typed="NWL-000123\n")

    assert services.asked == [{"reference": "NWL-000123"}]
    assert ended.exit_code == 1
    assert "nobody of your hubs" in ended.stderr
    assert "NWL-000123" not in ended.stderr


def test_of_several_people_with_one_reference_each_is_named_by_id(services: FakeServices) -> None:
    both = [WHO, str(uuid4())]
    hubs = ("west-london", "lambeth")
    rows = [{"participant_id": who, "hub": hub} for who, hub in zip(both, hubs, strict=True)]
    services.answers[ASKED] = (200, rows)

    ended = wlc("subject-access", "NWL-000123")

    assert ended.exit_code == 1
    assert all(who in ended.stderr for who in both)


@pytest.mark.parametrize("words", [("subject-access", WHO), ("erase", "NWL-000123", "--yes")])
def test_a_role_that_does_not_allow_it_is_told_as_that(
    services: FakeServices, words: tuple[str, ...]
) -> None:
    said = "Your role does not allow this."
    for address in (ASKED, f"/v1/people/{WHO}/copy"):
        services.answers[address] = (403, {"detail": said})

    ended = wlc(*words)

    assert ended.exit_code == 1
    assert said in ended.stderr
    assert "WLC_STAFF_TOKEN" not in ended.stderr
