"""The demo's people: like the census, real where they must be, reachable by nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping

import phonenumbers
import pytest
from uk_postcodes_parsing import is_in_ons_postcode_directory

from deploy.demo import census
from deploy.demo.plan import LAMBETH, WEST_LONDON, Plan
from deploy.demo.profile import ETHNIC_GROUPS, PROFILE
from deploy.demo.shapes import Contact, Resident, Submission

OF_THE_TRUTH = 0.01
OF_THE_ANSWERS = 0.03
"""How far a share may lie from the census: of all people, and of those who answered."""


@pytest.mark.parametrize("hub", [WEST_LONDON, LAMBETH])
def test_people_are_like_the_census(drawn: Plan, hub: str) -> None:
    people = [person.resident for person in drawn.population if person.resident.hub == hub]
    places = [place for place in census.boroughs() if (place.name == "Lambeth") == (hub == LAMBETH)]

    far = [
        feature
        for feature, weights in _census_of(places).items()
        if _distance(_values(people, feature), weights) > OF_THE_TRUTH
    ]

    assert len(people) == {WEST_LONDON: 2_000, LAMBETH: 300}[hub]
    assert far == []


def test_answers_given_are_like_the_census(drawn: Plan) -> None:
    answers = [
        person.submission["monitoring"]
        for person in drawn.population
        if "monitoring" in person.submission and person.resident.hub == WEST_LONDON
    ]
    places = [place for place in census.boroughs() if place.name != "Lambeth"]
    expected = {
        "ethnicity": _grouped(_summed(place.ethnicity for place in places)),
        "sex": _summed(place.sex for place in places),
        "disability": _summed(place.disability for place in places),
    }

    far = [
        question
        for question, weights in expected.items()
        if _distance([a[question] for a in answers if a.get(question) in weights], weights)
        > OF_THE_ANSWERS
    ]

    assert far == []


def test_a_fifth_answered_no_monitoring_question(accepted: list[Submission]) -> None:
    silent = sum("monitoring" not in submission for submission in accepted)

    assert silent == len(accepted) / 5


def test_every_postcode_is_live(accepted: list[Submission]) -> None:
    postcodes = [submission["postcode"] for submission in accepted]

    assert len(set(postcodes)) == len(postcodes) == 2_300
    assert all(map(is_in_ons_postcode_directory, postcodes))


def test_nobody_can_be_reached(drawn: Plan) -> None:
    contacts = [contact for entry in drawn.entries for contact in entry.submission["contacts"]]

    reachable = [contact for contact in contacts if not _is_reserved(contact)]

    assert [contact["value"] for contact in reachable] == []


def test_people_share_neither_contact_nor_name_and_birth(accepted: list[Submission]) -> None:
    contacts = [contact["value"] for person in accepted for contact in person["contacts"]]
    births = [
        (person["name"]["display"], person["date_of_birth"])
        for person in accepted
        if "date_of_birth" in person
    ]

    assert len(set(contacts)) == len(contacts)
    assert len(set(births)) == len(births)


def test_everybody_prefers_one_channel_and_three_quarters_prefer_mail(
    accepted: list[Submission],
) -> None:
    preferred = [[c["channel"] for c in p["contacts"] if c["preferred"]] for p in accepted]

    shares = Counter(channel for channels in preferred for channel in channels)

    assert {len(channels) for channels in preferred} == {1}
    assert shares["email"] / len(accepted) == pytest.approx(0.75, abs=0.02)
    assert set(shares) == {"email", "sms", "phone", "letter"}


def _census_of(places: list[census.Borough]) -> dict[str, Mapping[str, int]]:
    return {
        "borough": {place.name: place.population for place in places},
        "ethnicity": _summed(place.ethnicity for place in places),
        "sex": _summed(place.sex for place in places),
        "disability": _summed(place.disability for place in places),
        "age_band": _summed(place.age_band for place in places),
    }


def _summed(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


def _grouped(counts: Mapping[str, int]) -> Mapping[str, int]:
    return _summed({ETHNIC_GROUPS[detail].group: count} for detail, count in counts.items())


def _values(people: list[Resident], feature: str) -> list[str]:
    return [
        ("yes" if person.disabled else "no")
        if feature == "disability"
        else str(getattr(person, feature))
        for person in people
    ]


def _distance(values: list[str], weights: Mapping[str, int]) -> float:
    found, whole = Counter(values), sum(weights.values())
    return max(abs(found[key] / len(values) - weights[key] / whole) for key in weights)


def _is_reserved(contact: Contact) -> bool:
    value = contact["value"]
    if contact["channel"] == "letter":
        return any(street in value for street in PROFILE.streets)
    if "@" in value:
        return value.rpartition("@")[2] in {"example.com", "example.org", "example.net"}
    number = phonenumbers.parse(value, "GB").national_number or 0
    return 7700900000 <= number <= 7700900999 or 2079460000 <= number <= 2079460999
