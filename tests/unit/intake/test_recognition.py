"""The same person twice is one participant, in one hub."""

from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.recognition import folded
from tests.builders.intake import event, intake, person, pointers, send, without

AMINA = {"display": "Amina Quartermain", "address_as": "Amina"}
BORN = "1980-05-17"


def amina(**changes: Any) -> dict[str, Any]:
    return without(person(name=AMINA, date_of_birth=BORN, **changes), "age_band")


async def test_the_same_contact_is_the_same_person() -> None:
    desk = intake()
    contact = [{"channel": "sms", "value": "07700 900123"}]
    first = await send(desk, event(person(name=AMINA, contacts=contact)))

    again = [{"channel": "phone", "value": "+44 7700 900123"}]
    other = event(person(name=AMINA, contacts=again))
    second = await send(desk, other, by="borough-of-brent")

    assert first.submission.aggregate_id == second.submission.aggregate_id
    [note, _] = second.submission.notes
    assert note.startswith("This person was known already by the same phone number;")
    [known] = desk.people
    assert [each.publisher for each in known.references] == ["nwl-trust", "borough-of-brent"]


async def test_the_same_name_and_date_of_birth_is_the_same_person() -> None:
    desk = intake()
    await send(desk, event(amina()))

    name = {"display": "QUARTERMAIN, Amina".title().replace(", ", "-"), "address_as": "A"}
    apart = await send(desk, event(amina() | {"name": name}))
    same = await send(
        desk, event(amina() | {"name": {"display": "amina  QUARTERMÁIN", "address_as": "A"}})
    )

    assert not apart.submission.notes
    assert len(desk.people) == 2
    assert same.submission.notes


async def test_one_postal_address_is_not_one_person() -> None:
    desk = intake()
    home = [{"channel": "letter", "value": "1 Old Way\nLondon"}]

    await send(desk, event(person(contacts=home)))
    await send(desk, event(person(contacts=home)))

    assert len(desk.people) == 2


async def test_no_note_names_the_person() -> None:
    desk = intake()
    await send(desk, event(amina()))

    received = await send(desk, event(amina()))

    assert received.submission.notes
    assert "Amina" not in " ".join(received.submission.notes)


async def test_the_same_person_in_two_hubs_is_two_participants() -> None:
    desk, contacts = intake(), [{"channel": "email", "value": "amina@example.com"}]

    await send(desk, event(person(contacts=contacts)))
    await send(desk, event(person(contacts=contacts), hub="lambeth"))

    assert {each.hub for each in desk.people} == {"west-london", "lambeth"}


async def test_a_contact_of_somebody_else_is_not_taken_over() -> None:
    desk = intake()
    first = person(contacts=[{"channel": "email", "value": "one@example.com"}])
    second = person(contacts=[{"channel": "email", "value": "two@example.com"}])
    await send(desk, event(first))
    await send(desk, event(second))

    received = await send(desk, event(second | {"contacts": first["contacts"]}))

    assert received.submission.status == "accepted"
    assert len(desk.people) == 2


async def test_an_update_is_told_with_the_contacts_only_when_they_changed() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated))

    await send(desk, event(stated | {"travel_km": 3}, time="2026-11-22T11:01:00Z"))
    new_mail = [{"channel": "email", "value": "new@example.com"}]
    await send(desk, event(stated | {"contacts": new_mail}, time="2026-11-22T11:02:00Z"))

    told = [
        (e.TYPE.split(".")[2], e.sequence) for e in desk.store.events if "participant" in e.TYPE
    ]
    assert told == [
        ("registered", 1),
        ("contact_changed", 1),
        ("updated", 2),
        ("updated", 3),
        ("contact_changed", 3),
    ]


async def test_a_person_who_left_joins_again_by_new_consent_only() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated))
    await send(desk, event({"reference": stated["reference"]}, type="participant.withdrawn"))

    nightly = await send(desk, event(stated))
    consent = {
        "involvement": stated["consent"]["involvement"] | {"given_at": "2026-11-22T12:04:00Z"}
    }
    anew = await send(desk, event(stated | {"consent": consent}))

    assert pointers(nightly) == {"/data/consent/involvement/given_at": "left-since"}
    assert anew.submission.status == "accepted"
    assert desk.people[0].status == "active"


async def test_a_forgotten_person_leaves_nothing_but_an_id() -> None:
    desk, stated = intake(), amina()
    await send(desk, event(stated))
    await send(desk, event(stated | {"needs": ["12"]}))
    reference = {"reference": stated["reference"]}

    received = await send(desk, event(reference, type="participant.erasure_requested"))

    [forgotten] = desk.people
    assert received.submission.aggregate_id == forgotten.id
    assert forgotten.profile.consents == {}
    assert (forgotten.sealed, forgotten.card) == (None, "")
    assert await desk.desk.quarantine.sent_by("nwl-trust", skip=0, limit=9) == []
    assert ("erasures", forgotten.id) in desk.store.due
    assert UUID(forgotten.id) in desk.keys.cards


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        ("availability.submitted", {"reference": "P-0"}),
        ("feedback.submitted", {"participant_reference": "P-0"}),
        ("attendance.recorded", {"attendances": [{}, {"reference": "P-0"}]}),
    ],
)
async def test_with_a_forgotten_person_goes_whatever_was_rejected_that_names_them(
    event_type: str, data: dict[str, Any]
) -> None:
    desk = intake()
    await send(desk, event(person(reference="P-0")))
    await send(desk, event(data, type=event_type))
    await send(desk, event(data, type=event_type, hub="camden"))
    before = await desk.desk.quarantine.sent_by("nwl-trust", skip=0, limit=9)

    await send(desk, event({"reference": "P-0"}, type="participant.erasure_requested"))

    assert len(before) == 2
    assert await desk.desk.quarantine.sent_by("nwl-trust", skip=0, limit=9) == []


async def test_a_forgotten_person_does_not_come_back_with_the_nightly_list() -> None:
    desk, stated = intake(), amina()
    await send(desk, event(stated))
    reference = {"reference": stated["reference"]}
    await send(desk, event(reference, type="participant.erasure_requested"))

    nightly = await send(desk, event(stated, time="2026-11-22T11:30:00Z"))
    anew = await send(desk, event(stated | {"reference": "another"}))

    assert pointers(nightly) == {"/data/reference": "erased"}
    assert nightly.submission.status == "rejected"
    assert await desk.desk.quarantine.sent_by("nwl-trust", skip=0, limit=9) == []
    assert not [name for name, _ in desk.store.due if name == "expiries"]
    assert anew.submission.status == "accepted"
    assert not anew.submission.notes


async def test_what_names_a_forgotten_person_is_not_kept_whatever_is_wrong_with_it() -> None:
    desk, stated, other = intake(), person(), person()
    await send(desk, event(stated))
    reference = {"reference": stated["reference"]}
    await send(desk, event(reference, type="participant.erasure_requested"))
    refused = event(other | {"postcode": "x"})
    await send(desk, refused)

    answers = [
        await send(desk, event(stated, hub="camden")),
        await send(desk, event(reference, type="availability.submitted")),
        await send(desk, refused | {"data": stated}),
    ]

    assert [each.submission.status for each in answers] == ["rejected"] * 3
    assert await desk.desk.quarantine.sent_by("nwl-trust", skip=0, limit=9) == []
    assert not [name for name, _ in desk.store.due if name == "expiries"]


@pytest.mark.parametrize("event_type", ["participant.withdrawn", "participant.erasure_requested"])
async def test_leaving_twice_is_accepted_and_noted(event_type: str) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated))
    reference = {"reference": stated["reference"]}
    await send(desk, event(reference, type=event_type))

    received = await send(desk, event(reference, type=event_type))

    assert received.submission.status == "accepted"
    assert received.submission.notes


async def test_new_availability_updates_a_known_person() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated))
    weekly = {"weekly": [{"day": "fri", "from": "10:00", "to": "12:00"}]}
    data = {"reference": stated["reference"], "availability": weekly}

    await send(desk, event(data, type="availability.submitted"))

    assert desk.store.events[-2].TYPE == "wlc.participant.updated.v1"
    assert desk.store.events[-2].data.availability.weekly[0].day == "fri"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Żaneta O'Neill", "zaneta o neill"), ("José  MARÍA-Luz", "jose maria luz")],
)
def test_a_name_is_the_same_without_accents_case_and_punctuation(one: str, other: str) -> None:
    assert folded(one) == folded(other)
