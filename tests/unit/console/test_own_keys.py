"""What the console seals and signs for itself."""

from datetime import timedelta

import pytest

from services.console.use_cases.own_keys import OwnKeys, key_for
from shared.errors import MalformedError
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW

KEYS = OwnKeys("a key that only this test knows")


def test_what_is_sealed_opens_for_its_owner_under_the_same_key_alone() -> None:
    sealed = KEYS.seal("SECRET", "amina")

    assert KEYS.open(sealed, "amina") == "SECRET"
    assert sealed != KEYS.seal("SECRET", "amina")
    for keys, whose in ((KEYS, "ben"), (OwnKeys("another"), "amina")):
        with pytest.raises(MalformedError):
            keys.open(sealed, whose)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {key_for("secret", purpose) for purpose in ("one-time-codes", "cookies", "others")}

    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_a_note_counts_until_its_time_and_only_as_it_was_written() -> None:
    note = KEYS.note({"name": "amina"}, NOW + timedelta(minutes=10))

    assert KEYS.read(note, NOW) == {"name": "amina"}
    assert KEYS.read(note, NOW + timedelta(minutes=10)) == {}
    assert KEYS.read(note[:-1] + ("A" if note[-1] != "A" else "B"), NOW) == {}
    assert OwnKeys("another").read(note, NOW) == {}


@pytest.mark.parametrize("note", ["", ".", "x.y", "bnVsbA.x", "\xff", "é"])
def test_what_nobody_signed_says_nothing(note: str) -> None:
    assert KEYS.read(note, NOW) == {}
