"""The shape of a person as another system sends it, before anything is spoiled on purpose."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

Fields = dict[str, object]
"""A JSON object."""


class Name(TypedDict):
    display: str
    address_as: str


class Contact(TypedDict):
    channel: str
    value: str
    preferred: bool


class Language(TypedDict):
    code: str
    interpreter: bool


Slot = TypedDict("Slot", {"day": str, "from": str, "to": str})
Away = TypedDict("Away", {"from": str, "to": str})
Availability = TypedDict("Availability", {"weekly": list[Slot], "except": list[Away]})


class Exclusions(TypedDict):
    partners: list[str]
    sites: list[str]


class ContactPreference(TypedDict, total=False):
    news: bool
    discreet: bool


class Consent(TypedDict):
    version: str
    given_at: str
    how: str


class Submission(TypedDict):
    """`data` of `participant.submitted`."""

    reference: str
    name: Name
    contacts: list[Contact]
    postcode: str
    age_band: NotRequired[str]
    date_of_birth: NotRequired[str]
    languages: list[Language]
    needs: list[str]
    lived_experience: list[str]
    interests: list[str]
    availability: Availability
    travel_km: int
    online: bool
    in_person: bool
    exclusions: Exclusions
    contact_preference: NotRequired[ContactPreference]
    monitoring: NotRequired[dict[str, str]]
    consent: dict[str, Consent]


@dataclass(frozen=True)
class Resident:
    """Who somebody is, whether or not they say so: what the census is compared with."""

    hub: str
    borough: str
    ethnicity: str
    sex: str
    age_band: str
    disabled: bool


@dataclass(frozen=True)
class Person:
    """A resident, and what is submitted of them."""

    resident: Resident
    submission: Submission
