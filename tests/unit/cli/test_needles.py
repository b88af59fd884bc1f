"""Looking for many pieces at once finds what looking for each of them finds, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from cli.erasing.needles import HEAD, Needles

LETTERS = "ab\0\xff"
FEW_LETTERS = st.text(LETTERS, min_size=HEAD, max_size=9).map(lambda text: text.encode("latin-1"))


@given(st.lists(FEW_LETTERS, max_size=8), st.text(LETTERS, max_size=60))
def test_pieces_are_found_exactly_where_they_are(pieces: list[bytes], text: str) -> None:
    content = text.encode("latin-1")

    assert Needles(pieces).are_in(content) == any(each in content for each in pieces)


@given(st.binary(max_size=40), FEW_LETTERS, st.binary(max_size=40))
def test_a_piece_is_found_wherever_it_begins_and_ends(
    before: bytes, piece: bytes, after: bytes
) -> None:
    assert Needles([b"another one", piece]).are_in(before + piece + after)


def test_what_is_too_short_to_be_told_apart_is_not_looked_for() -> None:
    needles = Needles([b"", b"abc"])

    assert needles.pieces == ()
    assert not needles.are_in(b"abc" * 10)
