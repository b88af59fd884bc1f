"""JSON from outside is read strictly."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.faults import UnreadableError
from services.intake.domain.json_text import EVENT_BYTES, canonical, read_json


def refused(body: bytes) -> set[tuple[str, str]]:
    with pytest.raises(UnreadableError) as caught:
        read_json(body, most_bytes=EVENT_BYTES)
    return {(fault.pointer, fault.code) for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", ("", "not-json")),
        (b"<event/>", ("", "not-json")),
        (b'{"a": 1', ("", "not-json")),
        (b'\xef\xbb\xbf{"a": 1}', ("", "not-json")),
        (b'{"a": "\xff"}', ("", "not-utf-8")),
        (b'{"a": NaN}', ("/a", "not-finite")),
        (b'{"a": [1, -Infinity]}', ("/a/1", "not-finite")),
        (b'{"a": 1e999}', ("/a", "not-finite")),
        (b'{"a": 9223372036854775808}', ("/a", "too-large")),
        (b'{"a": ' + b"9" * 5000 + b"}", ("/a", "too-large")),
        (b'{"a": 1, "a": 2}', ("/a", "duplicate-key")),
        (b'{"a": "\\ud800"}', ("/a", "lone-surrogate")),
        (b'{"a": {"\\udfff": 1}}', ("/a", "lone-surrogate")),
        (b'{"a": "x\\u0000"}', ("/a", "nul")),
        (b'{"a": {"$set": 1}}', ("/a", "dollar-key")),
        (b"[" * 33 + b"]" * 33, ("", "too-deep")),
        (b"[" * 100_000 + b"]" * 100_000, ("", "too-deep")),
        (b'"' + b"x" * EVENT_BYTES + b'"', ("", "body-too-large")),
    ],
)
def test_what_two_readers_would_take_differently_is_refused(
    body: bytes, fault: tuple[str, str]
) -> None:
    assert fault in refused(body)


def test_every_oddity_is_named_at_once() -> None:
    body = b'{"a": NaN, "b": {"c": 1, "c": 2}, "d": ["\\ud800"]}'

    faults = refused(body)

    assert faults == {
        ("/a", "not-finite"),
        ("/b/c", "duplicate-key"),
        ("/d/0", "lone-surrogate"),
    }


def test_a_name_that_may_be_a_persons_is_not_repeated() -> None:
    assert refused(b'{"a": {"Jane Roe 07700900123": NaN}}') == {("/a", "not-finite")}


def test_what_nests_32_levels_is_read() -> None:
    body = b"[" * 32 + b"]" * 32

    assert canonical(read_json(body, most_bytes=EVENT_BYTES)) == body


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("abc é€😀", max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner),
        max_leaves=8,
    )
)
def test_ordinary_json_is_read_as_it_is(value: object) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()

    assert read_json(body, most_bytes=EVENT_BYTES) == value


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with suppress(UnreadableError):
        canonical(read_json(body, most_bytes=EVENT_BYTES))
