"""What people stay away from, told by digests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.participants import Exclusions
from shared.exclusions import ExclusionKey, of_sites
from tests.builders.exclusions import EXCLUSIONS

OTHER = ExclusionKey(b"another key of exclusions, 32 b.")
words = st.text(min_size=1, max_size=40).filter(lambda word: bool(word.strip()))
blanks = st.text(alphabet=" \t\n\u00a0\u2003", max_size=3)


@st.composite
def spelt_twice(draw: st.DrawFn) -> tuple[str, str]:
    """The same name as two people write it: in other letters, with other blanks."""
    word = draw(words)
    change = draw(st.sampled_from([str.upper, str.lower, str.title, str.casefold, str.swapcase]))
    spread = "".join(draw(blanks) + each for each in change(word)) + draw(blanks)
    return word, spread


def same_of_old(one: str, other: str) -> bool:
    """Whether matching and scheduling took these for the same while they had the words."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


@given(spelt_twice(), st.sampled_from(["partners", "sites"]))
def test_however_a_name_is_spelt_it_is_avoided_as_it_was_by_words(
    spelt: tuple[str, str], kind: str
) -> None:
    one, other = spelt

    avoided = EXCLUSIONS.digests(**{kind: (one,)})
    names = EXCLUSIONS.digests(**{kind: (other,)})

    assert EXCLUSIONS.keeps_away(avoided, names) is same_of_old(one, other)


@given(words, words)
def test_two_names_are_the_same_as_they_were_by_words(one: str, other: str) -> None:
    avoided = EXCLUSIONS.digests(sites=(one,))

    is_avoided = EXCLUSIONS.keeps_away(avoided, EXCLUSIONS.digests(sites=(other,)))

    assert is_avoided is same_of_old(one, other)


def test_who_is_avoided_as_a_partner_is_no_place() -> None:
    partner = EXCLUSIONS.digests(partners=("Brent",))

    assert not EXCLUSIONS.keeps_away(partner, EXCLUSIONS.digests(sites=("Brent",)))
    assert of_sites(partner) == ()


@pytest.mark.parametrize("digest", [OTHER.digests(sites=("Ward",))[0], "", "of no key"])
def test_what_cannot_be_told_keeps_away_from_everything(digest: str) -> None:
    assert EXCLUSIONS.keeps_away((digest,), EXCLUSIONS.digests(sites=("Elsewhere",)))
    assert EXCLUSIONS.keeps_away(of_sites((digest,)), ())


def test_a_blank_names_nothing() -> None:
    assert EXCLUSIONS.digests(partners=("", " "), sites=("\t",)) == ()
    assert not EXCLUSIONS.keeps_away((), ())


def test_no_digest_shows_the_word_or_the_key() -> None:
    [digest] = EXCLUSIONS.digests(sites=("Maple Ward",))

    assert "maple" not in digest.lower()
    assert digest != OTHER.digests(sites=("Maple Ward",))[0]


def test_words_of_events_of_before_are_heard_as_digests() -> None:
    told = Exclusions(digests=EXCLUSIONS.digests(sites=("Ward",)), partners=("A trust",))

    assert set(EXCLUSIONS.heard(told)) == {
        *EXCLUSIONS.digests(partners=("A trust",), sites=("Ward",))
    }


def test_no_word_is_ever_said_again() -> None:
    told = Exclusions(partners=("A trust",), sites=("Ward",))

    assert told.model_dump(mode="json") == {"digests": []}
