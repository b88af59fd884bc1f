"""A publisher's reference travels in clear with every event: it must not say who the person is."""

import re

from services.intake.domain.people import Identity
from services.intake.domain.recognition import folded
from shared.contact_details import normal_email, normal_phone

NHS_NUMBER = re.compile(r"(?:\d[ -]?){9}\d")
SEPARATED = re.compile(r"[^\w]+|_")
WITHOUT_SPACE = re.compile(r"[^\s@]+")
LEAST_LETTERS = 3
CHECK = 11


def looks_like_a_person(reference: str, identity: Identity) -> bool:
    """Whether it is an e-mail address, a phone number, an NHS number, or has the person's name."""
    return is_of_a_person(reference) or _has_name(reference, identity.display_name)


def is_of_a_person(text: str) -> bool:
    """Whether it is an e-mail address, a phone number or an NHS number."""
    return bool(normal_email(text) or _is_phone(text) or _is_nhs_number(text))


def plain_id(text: str) -> str | None:
    """Return an id that may travel in clear; None for words, addresses and numbers of people."""
    return text if WITHOUT_SPACE.fullmatch(text) and not is_of_a_person(text) else None


def _is_phone(text: str) -> bool:
    """Whether it is written as a phone number: what only has as many digits is none."""
    return text.strip().startswith(("+", "0")) and normal_phone(text) is not None


def _is_nhs_number(text: str) -> bool:
    """Whether it is ten digits of which the last one checks the others, modulo 11.

    https://www.datadictionary.nhs.uk/attributes/nhs_number.html
    """
    if not NHS_NUMBER.fullmatch(text.strip()):
        return False
    digits = [int(each) for each in text if each.isdigit()]
    weighed = sum(digit * (CHECK - 1 - place) for place, digit in enumerate(digits[:-1]))
    return (weighed + digits[-1]) % CHECK == 0


def _has_name(text: str, name: str) -> bool:
    """Whether it has every part of a name that is long enough to say something, of two or more."""
    parts = [part for part in SEPARATED.split(folded(name)) if len(part) >= LEAST_LETTERS]
    said = {part for part in SEPARATED.split(folded(text)) if part}
    return folded(text) == folded(name) or (len(parts) > 1 and said.issuperset(parts))
