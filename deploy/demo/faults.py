"""The mistakes that real senders make, each made on purpose and written down."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

from deploy.demo.shapes import Fields, Submission

NOWHERE = "QQ1 4XZ"
PHONE_AS_EMAIL = "07700 900123"
NO_SUCH_NEED = "123456789"


@dataclass(frozen=True)
class Fault:
    """A kind of mistake, and the fields that it is found in."""

    kind: str
    pointers: tuple[str, ...]
    spoil: Callable[[Fields], None]


def _leave_out_consent(fields: Fields) -> None:
    fields["consent"] = {}


def _misplace_postcode(fields: Fields) -> None:
    fields["postcode"] = NOWHERE


def _put_phone_into_email(fields: Fields) -> None:
    fields["contacts"] = [{"channel": "email", "value": PHONE_AS_EMAIL, "preferred": True}]


def _write_date_as_spoken(fields: Fields) -> None:
    fields.pop("age_band", None)
    fields["date_of_birth"] = "12/03/61"


def _invent_need(fields: Fields) -> None:
    fields["needs"] = [NO_SUCH_NEED]


def _add_field(fields: Fields) -> None:
    fields["gp_practice"] = "Demo Surgery"


def _make_several(fields: Fields) -> None:
    _misplace_postcode(fields)
    _invent_need(fields)
    _add_field(fields)


MISSING_CONSENT = Fault("missing_consent", ("/data/consent",), _leave_out_consent)
IMPOSSIBLE_POSTCODE = Fault("impossible_postcode", ("/data/postcode",), _misplace_postcode)
PHONE_IN_WRONG_FIELD = Fault(
    "phone_in_wrong_field", ("/data/contacts/0/value",), _put_phone_into_email
)
DATE_IN_WRONG_FORMAT = Fault(
    "date_in_wrong_format", ("/data/date_of_birth",), _write_date_as_spoken
)
UNKNOWN_NEEDS_CODE = Fault("unknown_needs_code", ("/data/needs/0",), _invent_need)
UNKNOWN_FIELD = Fault("unknown_field", ("/data/gp_practice",), _add_field)
SEVERAL = Fault("several", ("/data/postcode", "/data/needs/0", "/data/gp_practice"), _make_several)

IN_EVENTS: Mapping[Fault, int] = {
    MISSING_CONSENT: 4,
    IMPOSSIBLE_POSTCODE: 4,
    PHONE_IN_WRONG_FIELD: 4,
    DATE_IN_WRONG_FORMAT: 4,
    UNKNOWN_NEEDS_CODE: 3,
    UNKNOWN_FIELD: 2,
    SEVERAL: 1,
}
IN_ROWS: Mapping[Fault, int] = {
    MISSING_CONSENT: 2,
    IMPOSSIBLE_POSTCODE: 1,
    PHONE_IN_WRONG_FIELD: 2,
    DATE_IN_WRONG_FORMAT: 1,
    UNKNOWN_NEEDS_CODE: 1,
}


def spoiled(submission: Submission, fault: Fault) -> Submission:
    """Return the submission with the mistake made."""
    fields = cast("Fields", deepcopy(submission))
    fault.spoil(fields)
    return cast("Submission", fields)


def same_contact(submission: Submission, reference: str) -> Submission:
    """Submit the person under another reference."""
    again = deepcopy(submission)
    again["reference"] = reference
    return again


def same_name_and_birth(submission: Submission, reference: str, email: str) -> Submission:
    """Submit the person under another reference and with another address only."""
    again = same_contact(submission, reference)
    again["contacts"] = [{"channel": "email", "value": email, "preferred": True}]
    return again
