"""How a person is reached, as a publisher says it."""

import re
from dataclasses import dataclass

from services.intake.domain.faults import Report
from services.intake.domain.form import Form
from shared.contact_details import normal_contact

PHONE_LIKE = re.compile(r"[+(]?[\d\s().+-]{7,24}\Z")


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
    normal = None if fault else normal_contact(channel, value)
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
