"""Who shares a contact with a participant replaces nothing of theirs."""

from typing import Any
from uuid import UUID

import pytest

from shared.contracts.participants import StaysAwayFrom
from tests.builders.exclusions import digests
from tests.builders.intake import event, intake, person, send, without

AMINA = {"display": "Amina Quartermain", "address_as": "Amina"}


def amina(**changes: Any) -> dict[str, Any]:
    return without(person(name=AMINA, date_of_birth="1980-05-17", **changes), "age_band")


SHARED = [{"channel": "phone", "value": "020 7946 0001"}]
BO = {"display": "Bo Roe", "address_as": "Bo"}


@pytest.mark.parametrize("by", ["nwl-trust", "borough-of-brent"])
@pytest.mark.parametrize(
    "stranger",
    [
        person(name=BO, contacts=SHARED, needs=["204331000000107"]),
        amina(contacts=SHARED) | {"name": BO},
        amina(contacts=SHARED) | {"date_of_birth": "2004-02-29"},
    ],
)
async def test_who_shares_a_contact_puts_nothing_of_theirs_in_anothers_place(
    stranger: dict[str, Any], by: str
) -> None:
    desk = intake()
    await send(desk, event(amina(contacts=SHARED)))
    [before] = desk.people

    received = await send(desk, event(stranger), by=by)

    [after] = desk.people
    assert received.submission.aggregate_id == before.id
    assert "staff should check" in received.submission.notes[1]
    assert (after.sealed, after.profile) == (before.sealed, before.profile)
    assert len(after.handles - before.handles) == 1
    assert [each.reference for each in after.references[1:]] == [stranger["reference"]]
    assert len(desk.keys.cards[UUID(before.id)]) == 1


async def test_a_doubtful_reference_changes_nothing_the_next_night_either() -> None:
    desk, stranger = intake(), person(name=BO, contacts=SHARED)
    await send(desk, event(amina(contacts=SHARED)))
    await send(desk, event(stranger), by="borough-of-brent")
    before, said = desk.people, len(desk.said())

    own = [{"channel": "email", "value": "bo@example.com"}]
    nightly = event(stranger | {"contacts": own}, time="2026-11-22T11:30:00Z")
    received = await send(desk, nightly, by="borough-of-brent")

    assert desk.people == before
    assert desk.said()[said:] == ["wlc.submission.accepted.v1"]
    [note] = received.submission.notes
    assert "staff should check" in note


async def test_two_who_share_a_contact_are_two_once_each_has_their_own() -> None:
    desk, stranger = intake(), person(name=BO, contacts=SHARED)
    await send(desk, event(amina(contacts=SHARED)))
    await send(desk, event(stranger))

    own = [{"channel": "email", "value": "bo@example.com"}]
    anew = await send(desk, event(stranger | {"reference": "new", "contacts": own}))

    assert not anew.submission.notes
    assert len(desk.people) == 2


async def test_who_left_is_not_brought_back_by_somebody_with_their_phone() -> None:
    desk, stated = intake(), amina(contacts=SHARED)
    await send(desk, event(stated))
    await send(desk, event({"reference": stated["reference"]}, type="participant.withdrawn"))

    later = {"involvement": stated["consent"]["involvement"] | {"given_at": "2026-11-22T12:04:00Z"}}
    await send(desk, event(person(name=BO, contacts=SHARED, consent=later)))

    assert [each.status for each in desk.people] == ["left"]


async def test_a_new_name_is_taken_from_the_reference_that_registered_the_person() -> None:
    desk, stated = intake(), amina(contacts=SHARED)
    await send(desk, event(stated))
    again = amina(contacts=SHARED)
    await send(desk, event(again), by="borough-of-brent")

    renamed = {"name": {"display": "Amina Roe", "address_as": "Amina"}}
    refused = await send(desk, event(again | renamed), by="borough-of-brent")
    taken = await send(desk, event(stated | renamed))

    assert refused.submission.notes
    assert not taken.submission.notes
    [known] = desk.people
    assert [card.display_name for card in desk.keys.cards[UUID(known.id)]] == [
        "Amina Quartermain",
        "Amina Roe",
    ]


async def test_another_publisher_changes_no_contact_and_takes_no_exclusion_away() -> None:
    desk = intake()
    stated = amina(exclusions={"partners": ["A trust"], "sites": ["Ward 3"]})
    await send(desk, event(stated))
    [before] = desk.people
    own = [*stated["contacts"], {"channel": "phone", "value": "020 7946 0666"}]
    elsewhere = {"partners": [], "sites": ["Ward 9"]}

    received = await send(
        desk, event(stated | {"contacts": own, "exclusions": elsewhere}), by="borough-of-brent"
    )

    assert not received.submission.faults
    [after] = desk.people
    assert "their contacts stay as they are" in received.submission.notes[1]
    first, last = desk.keys.cards[UUID(before.id)]
    assert (first.contacts, first.display_name) == (last.contacts, last.display_name)
    assert last.stays_away_from == StaysAwayFrom(partners=("A trust",), sites=("Ward 3", "Ward 9"))
    words = {"partners": ("A trust",), "sites": ("Ward 3", "Ward 9")}
    assert set(after.profile.avoids) == set(digests(**words))
    assert len(after.handles - before.handles) == 1
    assert desk.said().count("wlc.participant.contact_changed.v1") == 1


async def test_the_publisher_who_registered_a_person_may_change_how_they_are_reached() -> None:
    desk, stated = intake(), amina()
    await send(desk, event(stated))
    own = [{"channel": "email", "value": "amina.new@example.com"}]

    received = await send(desk, event(stated | {"contacts": own}))

    [after] = desk.people
    assert not received.submission.notes
    assert len(desk.keys.cards[UUID(after.id)]) == 2
