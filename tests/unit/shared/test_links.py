"""A participant's link: for one purpose, of one thing, until its end, and made by us alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from shared.links import OPEN_AFTER_THE_LAST_SESSION, Link, Links, Purpose, invitation_ends

KEY = "a key that only this test knows"
LINKS = Links(KEY)
ENDS = datetime(2027, 3, 1, 12, tzinfo=UTC)
WHO = UUID(int=7)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - made aware by the strategy
    lambda at: at.replace(microsecond=0)
)


@given(st.uuids(), moments)
def test_a_link_says_what_it_was_made_for(of: UUID, ends_at: datetime) -> None:
    invitation, details = LINKS.invitation(of, ends_at), LINKS.details(of, ends_at)

    assert LINKS.read(invitation, Purpose.INVITATION) == Link(Purpose.INVITATION, of, ends_at)
    assert LINKS.read(details, Purpose.DETAILS) == Link(Purpose.DETAILS, of, ends_at)


@given(st.uuids(), moments)
def test_a_link_of_one_purpose_opens_nothing_else(of: UUID, ends_at: datetime) -> None:
    assert LINKS.read(LINKS.invitation(of, ends_at), Purpose.DETAILS) is None
    assert LINKS.read(LINKS.details(of, ends_at), Purpose.INVITATION) is None


@given(st.uuids(), moments)
def test_the_same_link_is_made_again_and_it_is_plain_in_an_address(
    of: UUID, ends_at: datetime
) -> None:
    token = LINKS.invitation(of, ends_at)

    assert token == Links(KEY).invitation(of, ends_at)
    assert len(token) < 60
    assert all(each.isalnum() or each in "-_." for each in token)


@given(st.data())
def test_a_link_changed_anywhere_is_none_of_ours(data: st.DataObject) -> None:
    token = data.draw(st.sampled_from([LINKS.invitation(WHO, ENDS), LINKS.details(WHO, ENDS)]))
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from(sorted(set("abcdwxyzABCDWXYZ0189-_.=\x00é") - {token[place]})))

    changed = token[:place] + sign + token[place + 1 :]

    assert [LINKS.read(changed, each) for each in Purpose] == [None, None]


@given(st.text(max_size=80) | st.sampled_from(["", ".", "a.b", "=.=", "a" * 3000]))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    assert [LINKS.read(typed, each) for each in Purpose] == [None, None]


@pytest.mark.parametrize("more", ["x", "=", ".", "\n", " "])
def test_a_link_with_something_after_it_is_none_of_ours(more: str) -> None:
    assert LINKS.read(LINKS.details(WHO, ENDS) + more, Purpose.DETAILS) is None


def test_another_installation_opens_nothing_of_ours() -> None:
    elsewhere = Links("the key of somebody else")

    assert elsewhere.read(LINKS.details(WHO, ENDS), Purpose.DETAILS) is None


def test_a_link_from_before_there_were_ends_opens_its_invitation_and_nothing_else() -> None:
    old = str(URLSafeSerializer(KEY, salt="wlc.invitation.v1").dumps(WHO.hex))

    assert LINKS.read(old, Purpose.INVITATION) == Link(Purpose.INVITATION, WHO, None)
    assert LINKS.read(old, Purpose.DETAILS) is None
    assert LINKS.read(old[:-1], Purpose.INVITATION) is None


@pytest.mark.parametrize("said", [None, 7, "no id", ["a"], {"of": "a"}])
def test_what_was_signed_and_names_no_invitation_opens_nothing(said: object) -> None:
    token = str(URLSafeSerializer(KEY, salt="wlc.invitation.v1").dumps(said))

    assert LINKS.read(token, Purpose.INVITATION) is None


def test_the_link_of_an_invitation_outlives_its_last_session_or_else_the_time_to_answer() -> None:
    answer_by, day = ENDS, timedelta(days=1)

    assert invitation_ends((), answer_by) == answer_by + OPEN_AFTER_THE_LAST_SESSION
    ends = invitation_ends([ENDS + 9 * day, ENDS + 3 * day], answer_by)
    assert ends == ENDS + 9 * day + OPEN_AFTER_THE_LAST_SESSION
