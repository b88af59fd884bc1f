"""What an e-mail address, a phone number and a postal address are, and their one written form."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumber, PhoneNumberType

from services.intake.domain.faults import Report
from services.intake.domain.form import Form

REGIONS = frozenset({"GB", "GG", "JE", "IM"})
DRAMA_MOBILE = re.compile(r"7700900\d{3}\Z")
DRAMA_LANDLINE = re.compile(r"2079460\d{3}\Z")
"""Ofcom's numbers for drama, invalid to the library: demonstrations and tests use them."""

MOBILE_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
REFUSED_TYPES = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER})
PHONE_LIKE = re.compile(r"[+(]?[\d\s().+-]{7,24}\Z")
SHORTEST_ADDRESS = 10
CONTROL = frozenset({"Cc", "Cn", "Co", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person; `channel` is email, sms, phone or letter."""

    channel: str
    value: str
    preferred: bool


def read_contacts(form: Form, report: Report) -> tuple[Contact, ...]:
    """Return the contacts in normal form."""
    found: list[Contact] = []
    for each in form.forms("contacts"):
        contact = _read_contact(each, report)
        if contact and any((contact.channel, contact.value) == (c.channel, c.value) for c in found):
            sentence = "This contact is given more than once."
            report.fault(each.pointer("value"), "duplicate-contact", sentence)
        elif contact:
            found.append(contact)
    if sum(each.flag("preferred", default=False) for each in form.forms("contacts")) > 1:
        sentence = "At most one contact can be the preferred one."
        report.fault(form.pointer("contacts"), "several-preferred", sentence)
    return tuple(found)


def _read_contact(form: Form, report: Report) -> Contact | None:
    channel, value = form.text("channel"), form.text("value").strip()
    if not channel or not form.is_stated("value") or form.pointer("value") in form.broken:
        return None
    fault = _misplaced(channel, value)
    normal = None if fault else _normalised(channel, value)
    if normal is None:
        code, sentence = fault or INVALID[channel]
        report.fault(form.pointer("value"), code, sentence)
        return None
    return Contact(channel, normal, form.flag("preferred", default=False))


INVALID = {
    "email": ("invalid-email", "This is not an e-mail address that mail can be sent to."),
    "sms": ("invalid-mobile", "This is not a mobile number of the UK or the Crown dependencies."),
    "phone": ("invalid-phone", "This is not a phone number of the UK or the Crown dependencies."),
    "letter": ("invalid-address", "Must be a postal address in several lines, or with commas."),
}


def _misplaced(channel: str, value: str) -> tuple[str, str] | None:
    phone_like = PHONE_LIKE.match(value) is not None
    if channel == "email" and phone_like:
        return "phone-as-email", "This is a phone number; the channel says e-mail."
    if channel in {"sms", "phone"} and "@" in value:
        return "email-as-phone", "This is an e-mail address; the channel says phone."
    if channel == "letter" and (phone_like or ("@" in value and " " not in value)):
        return "not-an-address", "This is a phone number or an e-mail address, not a postal one."
    return None


def _normalised(channel: str, value: str) -> str | None:
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
    if len(parts) < 2 or len(value) < SHORTEST_ADDRESS:  # noqa: PLR2004 - a street and a place
        return None
    return None if _has_control("".join(lines)) else "\n".join(lines)


def normal_name(value: str) -> str | None:
    """Return a name with single spaces, None when it is blank or holds control characters."""
    return None if _has_control(value) else " ".join(value.split()) or None


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in CONTROL for character in text)
