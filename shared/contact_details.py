"""What an e-mail address, a phone number, a postal address, a name and a postcode are.

Whoever takes them in, from a publisher or from the person, takes them in this one written form.
"""

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber, PhoneNumberType

REGIONS = frozenset({"GB", "GG", "JE", "IM"})
DRAMA_MOBILE = re.compile(r"7700900\d{3}\Z")
DRAMA_LANDLINE = re.compile(r"2079460\d{3}\Z")
"""Ofcom's numbers for drama, invalid to the library: demonstrations and tests use them."""

MOBILE_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
REFUSED_TYPES = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER})
SHORTEST_ADDRESS = 10
CONTROL = frozenset({"Cc", "Cn", "Co", "Zl", "Zp"})
UNSEEN = dict.fromkeys(
    map(ord, "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
"""What nobody sees and what turns text around; joiners are kept, for some scripts need them."""

POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})\Z")


def normal_contact(channel: str, value: str) -> str | None:
    """Return how to reach a person by a channel in normal form, None when it is no such thing."""
    if channel == "email":
        return normal_email(value)
    if channel == "letter":
        return normal_address(value)
    return normal_phone(value, mobile=channel == "sms")


def normal_email(value: str) -> str | None:
    """Return the address in normal form, None when it is none; its domain is not looked up."""
    try:
        return validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        return None


def normal_phone(value: str, *, mobile: bool = False) -> str | None:
    """Return the number in E.164, None when it is none (or, for texts, no mobile)."""
    try:
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not (
        _is_drama(number, mobile=mobile) or _is_real(number, mobile=mobile)
    ):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_drama(number: PhoneNumber, *, mobile: bool) -> bool:
    national = str(number.national_number)
    if number.country_code != phonenumbers.country_code_for_region("GB"):
        return False
    if DRAMA_MOBILE.match(national):
        return True
    return not mobile and DRAMA_LANDLINE.match(national) is not None


def _is_real(number: PhoneNumber, *, mobile: bool) -> bool:
    if not phonenumbers.is_valid_number(number):
        return False
    if phonenumbers.region_code_for_number(number) not in REGIONS:
        return False
    kind = phonenumbers.number_type(number)
    return kind in MOBILE_TYPES if mobile else kind not in REFUSED_TYPES


def normal_address(value: str) -> str | None:
    """Return a postal address with tidy lines, None when it has fewer than two."""
    lines = [" ".join(line.split()) for line in re.split(r"[\r\n]+", value)]
    lines = [line for line in lines if line]
    parts = [part for line in lines for part in line.split(",") if part.strip()]
    tidy = "\n".join(lines)
    if len(parts) < 2 or len(tidy) < SHORTEST_ADDRESS:  # noqa: PLR2004 - a street and a place
        return None
    return None if _has_control("".join(lines)) else tidy


def normal_name(value: str) -> str | None:
    """Return a name with single spaces, None when it is blank or holds control characters.

    Signs that are not seen, or that turn text around, are dropped.
    """
    return None if _has_control(value) else " ".join(value.translate(UNSEEN).split()) or None


def is_plain_line(text: str) -> bool:
    """Whether it is one line, without signs that are not seen or turn text around."""
    return not _has_control(text) and text.translate(UNSEEN) == text


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in CONTROL for character in text)


def compact(postcode: str) -> str:
    """Return the postcode as the key of a directory: capitals, no spaces; empty for none."""
    key = "".join(postcode.upper().split())
    return key if POSTCODE.match(key) else ""


def normal_postcode(value: str) -> str | None:
    """Return the postcode as it is written, None when it has not the form of one."""
    key = compact(value)
    return f"{key[:-3]} {key[-3:]}" if key else None
