"""Contacts have one written form, and what stands in the wrong field is told apart."""

import pytest

from services.intake.domain.contacts import read_contacts
from services.intake.domain.faults import Report
from services.intake.domain.form import Form
from shared.contact_details import normal_address, normal_name, normal_phone


def read(*contacts: dict[str, object]) -> tuple[list[str], list[tuple[str, str]]]:
    report = Report()
    found = read_contacts(Form({"contacts": list(contacts)}), report)
    return [each.value for each in found], [(f.pointer, f.code) for f in report.faults]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("07400 123456", "+447400123456"),
        ("+44 (0)7400 123456", "+447400123456"),
        ("020 7219 3000", "+442072193000"),
        ("07911 123456", "+447911123456"),
        ("07700 900123", "+447700900123"),
        ("020 7946 0999", "+442079460999"),
        ("+33 1 42 68 53 00", None),
        ("07700 901000", None),
        ("0909 879 0000", None),
        ("12345", None),
        ("not a number", None),
        ("07400 123456 ext 12", None),
    ],
)
def test_a_phone_number_has_one_form(written: str, normal: str | None) -> None:
    assert normal_phone(written) == normal


def test_a_landline_gets_no_texts() -> None:
    assert normal_phone("020 7946 0123", mobile=True) is None
    assert normal_phone("020 7219 3000", mobile=True) is None


@pytest.mark.parametrize(
    ("channel", "value", "code"),
    [
        ("email", "07700 900123", "phone-as-email"),
        ("email", "amina at example.com", "invalid-email"),
        ("email", "amina@localhost", "invalid-email"),
        ("sms", "amina@example.com", "email-as-phone"),
        ("sms", "020 7946 0123", "invalid-mobile"),
        ("phone", "amina@example.com", "email-as-phone"),
        ("phone", "0770", "invalid-phone"),
        ("letter", "07700 900123", "not-an-address"),
        ("letter", "amina@example.com", "not-an-address"),
        ("letter", "London", "invalid-address"),
    ],
)
def test_what_is_in_the_wrong_field_has_its_own_fault(channel: str, value: str, code: str) -> None:
    values, faults = read({"channel": channel, "value": value})

    assert (values, faults) == ([], [("/data/contacts/0/value", code)])


def test_an_address_keeps_its_lines() -> None:
    values, faults = read({"channel": "letter", "value": "A Roe\r\n1  Old Way \n\nLondon"})

    assert (values, faults) == (["A Roe\n1 Old Way\nLondon"], [])


def test_the_same_contact_twice_is_a_fault_however_it_is_written() -> None:
    _, faults = read(
        {"channel": "sms", "value": "07700 900123"},
        {"channel": "sms", "value": "+447700900123"},
    )

    assert faults == [("/data/contacts/1/value", "duplicate-contact")]


def test_only_one_contact_is_preferred() -> None:
    _, faults = read(
        {"channel": "sms", "value": "07700 900123", "preferred": True},
        {"channel": "email", "value": "amina@example.com", "preferred": True},
    )

    assert faults == [("/data/contacts", "several-preferred")]


@pytest.mark.parametrize("name", ["", "  ", "A\r\nBcc: x", "A\x07", "A\u2028B"])
def test_a_name_is_one_line_of_letters(name: str) -> None:
    assert normal_name(name) is None


@pytest.mark.parametrize(
    "sign",
    list("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"),
)
def test_what_turns_a_name_around_or_hides_in_it_is_dropped(sign: str) -> None:
    assert normal_name(f"{sign}Amina {sign} Kh{sign}an{sign}") == "Amina Khan"
    assert normal_name(sign) is None


def test_a_name_keeps_the_joiners_that_its_script_needs() -> None:
    assert (
        normal_name("\u0646\u200c\u0645 \u0915\u094d\u200d\u0937")
        == "\u0646\u200c\u0645 \u0915\u094d\u200d\u0937"
    )


def test_a_name_may_be_written_in_any_script() -> None:
    assert normal_name("  ਅਮੀਨਾ   ONeill-Żak ") == "ਅਮੀਨਾ ONeill-Żak"


@pytest.mark.parametrize(
    "written", ["A\r\n\r\n\r\n\r\n\r\nB", "1 Elm\n      Rd", "1 Elm Rd\r\nYork"]
)
def test_an_address_that_is_taken_once_is_taken_again_as_it_was_kept(written: str) -> None:
    tidy = normal_address(written)

    assert tidy is None or normal_address(tidy) == tidy
