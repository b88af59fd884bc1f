"""No property of a message breaks the connection that carries it."""

from collections.abc import Iterator
from typing import cast

import pytest
from aiormq import spec
from hypothesis import given
from hypothesis import strategies as st
from pamqp import decode, frame, header

from shared.properties import read_odd_properties
from tests.fuzz.properties import MALFORMED, RawProperties, short, table

USER = "nwl-trust"


@pytest.fixture(autouse=True, scope="module")
def lenient() -> Iterator[None]:
    before = dict(decode.METHODS)
    read_odd_properties()
    yield
    decode.METHODS.update(before)


def received(properties: RawProperties) -> spec.Basic.Properties:
    sent = frame.marshal(header.ContentHeader(0, 1, properties), 1)
    _, _, arrived = frame.unmarshal(sent)
    return cast("spec.Basic.Properties", cast("header.ContentHeader", arrived).properties)


@pytest.mark.parametrize("name", MALFORMED)
def test_who_sent_a_message_is_read_whatever_else_is_broken(name: str) -> None:
    sent = RawProperties(user_id=USER)
    for each, value in MALFORMED[name].items():
        setattr(sent, each, value)

    assert received(sent).user_id == USER


@given(text=st.binary(max_size=255), time=st.binary(min_size=8, max_size=8), entries=st.binary())
def test_any_bytes_are_read(text: bytes, time: bytes, entries: bytes) -> None:
    sent = RawProperties(user_id=USER)
    sent.message_id, sent.timestamp, sent.headers = short(text), time, table(entries)

    assert received(sent).user_id == USER


def test_what_is_well_formed_is_read_as_it_is() -> None:
    sent = RawProperties(user_id=USER, message_id="é", headers={"a": "b"})

    found = received(sent)

    assert (found.message_id, found.headers) == ("é", {"a": "b"})
