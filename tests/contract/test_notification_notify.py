"""GOV.UK Notify: what each of its answers means, what is sent to it, and that nothing is told."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from services.notification.clients.notify import (
    LONGEST_TEXT,
    PLAIN_CHARACTERS,
    NotifyLetters,
    NotifyTexts,
    plain_text,
)
from services.notification.domain import (
    Document,
    NotItsKindError,
    NotReachedError,
    Receipt,
    RefusedError,
    TextMessage,
)
from shared.errors import AppError, UnavailableError
from tests.builders.carriers import NO_PDF, asking
from tests.builders.parcels import NUMBER, a_postal_letter, a_text
from tests.fakes.govuk_notify import Notify, govuk_notify
from tests.fakes.govuk_notify_rules import API_KEY, SECRET, TEMPLATE_ID

OF_ANOTHER_SERVICE = API_KEY.replace(SECRET, TEMPLATE_ID)


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[Notify]:
    """GOV.UK Notify on loopback."""
    with govuk_notify(tmp_path) as server:
        yield server


@pytest.fixture
def texts(notify: Notify) -> Iterator[NotifyTexts]:
    """Our text messages."""
    with asking(notify.url) as api:
        yield NotifyTexts(api, TEMPLATE_ID)


@pytest.mark.parametrize("number", ["+4477", "+44770090012x", "+15005550006"])
async def test_a_number_that_cannot_be_written_to_is_refused(
    texts: NotifyTexts, number: str
) -> None:
    with pytest.raises(RefusedError):
        await texts.hand_over(a_text(number=number))


@pytest.mark.parametrize("status", ["403", "404", "429"])
async def test_what_notify_would_not_take_certainly_did_not_arrive(
    notify: Notify, texts: NotifyTexts, status: str
) -> None:
    notify.tell({"troubles": [status]})

    with pytest.raises(NotReachedError):
        await texts.hand_over(a_text())


@pytest.mark.parametrize("trouble", ["408", "500", "502", "503", "504", "302", "cut", "garbled"])
async def test_what_notify_may_have_taken_is_to_be_asked_for(
    notify: Notify, texts: NotifyTexts, trouble: str
) -> None:
    notify.tell({"troubles": [trouble]})

    with pytest.raises(UnavailableError) as fault:
        await texts.hand_over(a_text())

    assert not isinstance(fault.value, NotReachedError)


async def test_nobody_is_shown_a_message_by_way_of_somebody_else(
    notify: Notify, texts: NotifyTexts
) -> None:
    notify.tell({"troubles": ["302"]})

    with pytest.raises(UnavailableError):
        await texts.hand_over(a_text())

    assert notify.requests == 1


@pytest.mark.parametrize("trouble", ["403", "429", "500", "cut", "garbled"])
async def test_a_question_that_is_not_answered_says_nothing_of_the_message(
    notify: Notify, texts: NotifyTexts, trouble: str
) -> None:
    handed = await texts.hand_over(a_text())
    notify.tell({"troubles": [trouble, trouble]})

    with pytest.raises(UnavailableError):
        await texts.find("a key")
    with pytest.raises(UnavailableError):
        await texts.receipt(handed.reference)


@pytest.mark.parametrize(
    "template_id", ["not-a-uuid", "f33517ff-2a88-4f6e-b855-c550268ce08a"], ids=["bad", "unknown"]
)
async def test_a_template_of_ours_that_is_not_there_is_no_fault_of_the_person(
    notify: Notify, template_id: str
) -> None:
    with asking(notify.url) as api, pytest.raises(NotReachedError):
        await NotifyTexts(api, template_id).hand_over(a_text())


async def test_an_account_that_may_write_to_its_team_only_is_no_fault_of_the_person(
    notify: Notify, texts: NotifyTexts
) -> None:
    notify.tell({"is_for_team_only": True})

    with pytest.raises(NotReachedError):
        await texts.hand_over(a_text())


async def test_a_key_that_notify_does_not_know_is_no_fault_of_the_person(notify: Notify) -> None:
    with asking(notify.url, api_key=OF_ANOTHER_SERVICE) as api, pytest.raises(NotReachedError):
        await NotifyTexts(api, TEMPLATE_ID).hand_over(a_text())


def test_a_key_that_is_none_stops_the_start() -> None:
    with pytest.raises(AssertionError), asking("http://127.0.0.1:1", api_key=""):
        pass


async def test_a_notify_that_is_away_certainly_has_nothing(tmp_path: Path) -> None:
    with govuk_notify(tmp_path) as gone:
        pass

    with asking(gone.url) as api, pytest.raises(NotReachedError):
        await NotifyTexts(api, TEMPLATE_ID).hand_over(a_text())


async def test_a_message_that_was_put_aside_was_not_handed_over(notify: Notify) -> None:
    letter = a_postal_letter()

    with asking(notify.url) as api:
        letters = NotifyLetters(api)
        handed = await letters.hand_over(letter)
        notify.tell({"outcomes": {"letter": "validation-failed"}})
        found = await letters.find(letter.key)
        receipt = await letters.receipt(handed.reference)

    assert found is None
    assert receipt is Receipt.FAILED


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        ("created", Receipt.UNDER_WAY),
        ("sending", Receipt.UNDER_WAY),
        ("pending", Receipt.UNDER_WAY),
        ("sent", Receipt.UNDER_WAY),
        ("a status of the future", Receipt.UNDER_WAY),
        ("delivered", Receipt.DELIVERED),
        ("temporary-failure", Receipt.FAILED),
        ("technical-failure", Receipt.FAILED),
    ],
)
async def test_each_status_of_a_text_message_is_understood(
    notify: Notify, texts: NotifyTexts, status: str, receipt: Receipt
) -> None:
    handed = await texts.hand_over(a_text())

    notify.tell({"numbers": {NUMBER: status}})

    assert await texts.receipt(handed.reference) is receipt


async def test_what_notify_has_forgotten_is_under_way_for_ever(texts: NotifyTexts) -> None:
    assert await texts.receipt("740e5834-3a29-46b4-9a6f-16142fde533a") is Receipt.UNDER_WAY


async def test_a_letter_arrives_as_it_was_written(notify: Notify, tmp_path: Path) -> None:
    letter = a_postal_letter()

    with asking(notify.url) as api:
        await NotifyLetters(api, postage="first").hand_over(letter)

    [taken] = notify.taken
    assert taken["postage"] == "first"
    assert (tmp_path / taken["pdf"]).read_bytes() == letter.document.content


@pytest.mark.parametrize(
    "parcel",
    [a_text(), a_postal_letter(document=Document("text/plain", "brf", b",HELLO"))],
    ids=["text", "braille"],
)
async def test_what_cannot_be_printed_is_left_for_somebody_else(
    notify: Notify, parcel: TextMessage
) -> None:
    with asking(notify.url) as api, pytest.raises(NotItsKindError):
        await NotifyLetters(api).hand_over(parcel)

    assert notify.requests == 0


async def test_a_text_that_is_too_long_is_refused_before_it_is_sent(
    notify: Notify, texts: NotifyTexts
) -> None:
    await texts.hand_over(a_text(words="x" * LONGEST_TEXT))

    with pytest.raises(RefusedError):
        await texts.hand_over(a_text(words="x" * (LONGEST_TEXT + 1)))

    assert notify.requests == 1


async def test_typography_does_not_make_a_text_dearer(notify: Notify, texts: NotifyTexts) -> None:
    await texts.hand_over(a_text(words="“Tuesday” – 10am… at Asha’s"))  # noqa: RUF001

    assert notify.taken[0]["body"] == '"Tuesday" - 10am... at Asha\'s'


@given(st.text(st.sampled_from([*map(chr, PLAIN_CHARACTERS), *"Hello, è€[]é9"]), min_size=1))
def test_with_plain_typography_a_text_is_of_the_cheap_alphabet(words: str) -> None:
    shown = plain_text(words)

    assert not shown or smsutil.split(shown).encoding == "gsm0338"
    assert plain_text(shown) == shown


@given(st.text(st.characters(categories=["L", "N"])))
def test_no_letter_of_any_language_is_changed(words: str) -> None:
    assert plain_text(words) == words


@pytest.mark.parametrize("trouble", ["", "403", "429", "500", "cut", "garbled"])
async def test_nothing_of_a_person_is_in_an_error_or_a_log(
    notify: Notify, texts: NotifyTexts, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    number = NUMBER if trouble else f"{NUMBER}x"
    notify.tell({"troubles": [trouble]})

    with pytest.raises(AppError) as fault:
        await texts.hand_over(a_text(number=number, words="a secret"))

    said = f"{fault.value} {fault.value.__cause__} {caplog.text}"
    assert NUMBER not in said
    assert "secret" not in said
    assert SECRET not in said


async def test_a_letter_that_is_none_is_refused(notify: Notify) -> None:
    with asking(notify.url) as api, pytest.raises(RefusedError):
        await NotifyLetters(api).hand_over(a_postal_letter(document=NO_PDF))
