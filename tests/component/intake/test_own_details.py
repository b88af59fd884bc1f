"""What a person says of themselves by their own link stands, whatever publishers send after it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.people import ERASED, Participant
from services.intake.handlers import build_handlers
from services.intake.use_cases.own_details import UnfitDetailsError
from shared.contracts.own_details import ReplyDetailsGiven, ReplyErasureAsked
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantState,
    ParticipantUpdated,
)
from shared.contracts.sessions import ReplyNeedsGiven
from shared.errors import NotFoundError
from tests.builders.events import an_event
from tests.builders.intake import HUB, NOW, Json, event, full_person, intake, send, without
from tests.fakes.intake import Intake

AT = NOW - timedelta(hours=2)
BSL, STEP_FREE, EASY = "204331000000107", "1108191000000103", "796161000000101"
CARD = ContactCard(
    display_name="Amina Yusuf",
    address_as="Mrs Yusuf",
    contacts=(
        Contact(channel=Channel.SMS, value="+447700900123", preferred=True),
        Contact(channel=Channel.EMAIL, value="a.yusuf@example.org"),
    ),
    postcode="HA9 0FJ",
)


async def said(to: Intake, who: str, *, card: ContactCard = CARD, **changes: Any) -> Any:
    """What a person said on the page of their details."""
    data = {
        "participant_id": who,
        "sealed": await to.keys.seal(UUID(who), card),
        "preferred_channel": "sms",
        "languages": [{"code": "so", "interpreter": True}],
        "needs": [EASY, BSL],
        "needs_dropped": [STEP_FREE],
        "contact_preference": {"times": [], "news": False, "discreet": True},
    }
    head = {"subject": who, "time": AT, "hub": HUB, "sequence": 1}
    return an_event(ReplyDetailsGiven, data=data | changes.pop("data", {}), **(head | changes))


async def hear(to: Intake, *events: Any) -> None:
    handlers = build_handlers(to.desk, to.publishers)
    for each in events:
        await to.commits.commit(each.id, lambda e=each: handlers._of_event[e.TYPE](e))


async def joined(to: Intake, data: Json) -> str:
    received = await send(to, event(data, time=(AT - timedelta(hours=1)).isoformat()))
    return str(received.submission.aggregate_id)


async def known(to: Intake, who: str) -> Participant:
    found = await to.desk.participants.get(who)
    assert found is not None
    return found


def newest(to: Intake) -> ParticipantState:
    states = [e.data for e in to.store.events if isinstance(e.data, ParticipantState)]
    return states[-1]


def cards_told(to: Intake) -> list[ContactCard]:
    told = [e for e in to.store.events if isinstance(e, ParticipantContactChanged)]
    return [to.keys.cards[e.data.participant_id][int(e.data.nonce) - 1] for e in told]


async def test_all_hear_of_it_and_what_publishers_said_is_kept_beside_it() -> None:
    door = intake()
    who = await joined(door, full_person())
    before, was = await known(door, who), newest(door)

    await hear(door, await said(door, who))

    after, told = await known(door, who), newest(door)
    of_publishers = tuple(each for each in after.references if each.publisher)
    assert (after.profile, of_publishers, after.card, after.sealed) == (
        before.profile,
        before.references,
        before.card,
        before.sealed,
    )
    assert cards_told(door)[-1] == CARD
    assert told.preferred_channel is Channel.SMS
    assert [(each.code, each.interpreter) for each in told.languages] == [("so", True)]
    assert set(told.needs) == {BSL, EASY}
    assert (told.contact_preference.news, told.contact_preference.discreet) == (False, True)
    assert (told.borough, told.easting) == ("Brent", 519500)
    changed = {"preferred_channel", "languages", "needs", "contact_preference", "borough"}
    rest = {"exclude": {*changed, "easting", "northing"}}
    assert told.model_dump(**rest) == was.model_dump(**rest)


async def test_nothing_of_who_they_are_is_stored_or_told_in_the_clear() -> None:
    door = intake()
    who = await joined(door, full_person())

    await hear(door, await said(door, who))

    kept = repr(await known(door, who)) + "".join(e.model_dump_json() for e in door.store.events)
    for secret in ("Yusuf", "900123", "a.yusuf", "HA9"):
        assert secret not in kept


async def test_a_list_sent_every_night_takes_their_own_word_from_nobody() -> None:
    door, data = intake(), full_person()
    who = await joined(door, data)
    await hear(door, await said(door, who))
    told = len(cards_told(door))

    moved = {"contacts": [{"channel": "email", "value": "old@example.org", "preferred": True}]}
    nightly = data | moved | {"travel_km": 3, "postcode": "SW2 1RW", "needs": [STEP_FREE]}
    received = await send(door, event(nightly, time=(AT + timedelta(hours=1)).isoformat()))

    state = newest(door)
    assert (state.travel_km, state.borough) == (3, "Brent")
    assert state.preferred_channel is Channel.SMS
    assert set(state.needs) == {BSL, EASY}
    assert len(cards_told(door)) == told
    assert any("said themselves" in note for note in received.submission.notes)
    assert (await known(door, who)).profile.borough == "Lambeth"


async def test_a_need_said_after_it_was_taken_back_is_theirs_again() -> None:
    door = intake()
    who = await joined(door, full_person())
    needs = {"participant_id": who, "needs": [STEP_FREE]}
    head = {"hub": HUB, "time": AT + timedelta(minutes=1)}
    later = an_event(ReplyNeedsGiven, data=needs, **head)
    earlier = an_event(ReplyNeedsGiven, data=needs, **head | {"time": AT - timedelta(minutes=1)})

    await hear(door, await said(door, who), earlier)
    taken_back = set(newest(door).needs)
    await hear(door, later)

    assert taken_back == {BSL, EASY}
    assert set(newest(door).needs) == {BSL, EASY, STEP_FREE}


async def test_late_and_doubled_sayings_change_nothing() -> None:
    door = intake()
    who = await joined(door, full_person())
    second = await said(door, who, sequence=2)
    await hear(door, second)
    told = len(door.store.events)

    again = second.model_copy(update={"id": "another"})
    await hear(door, await said(door, who, sequence=1), again)

    assert len(door.store.events) == told


async def test_what_is_said_again_with_the_same_card_tells_no_new_contact() -> None:
    door = intake()
    who = await joined(door, full_person())
    await hear(door, await said(door, who))
    told = len(cards_told(door))

    await hear(door, await said(door, who, sequence=2, data={"needs": []}))

    assert len(cards_told(door)) == told
    assert isinstance(door.store.events[-1], ParticipantUpdated)


async def test_not_asked_how_they_want_to_hear_it_stays_as_it_was() -> None:
    door = intake()
    who = await joined(door, full_person(contact_preference={"discreet": True}))

    await hear(door, await said(door, who, data={"contact_preference": None}))

    assert newest(door).contact_preference.discreet


async def test_a_postcode_of_no_directory_moves_nobody() -> None:
    door = intake()
    who = await joined(door, full_person())
    was = newest(door)

    card = CARD.model_copy(update={"postcode": "W1A 9ZZ"})
    await hear(door, await said(door, who, card=card))

    assert (newest(door).borough, newest(door).easting) == (was.borough, was.easting)


UNFIT: dict[str, dict[str, Any]] = {
    "an e-mail address that is none": {
        "contacts": (*CARD.contacts[:1], Contact(channel=Channel.EMAIL, value="nobody"))
    },
    "a number not in normal form": {
        "contacts": (Contact(channel=Channel.SMS, value="07700 900123"),)
    },
    "a channel without a contact": {"contacts": CARD.contacts[1:]},
    "a blank name": {"display_name": " "},
    "a postcode that is none": {"postcode": "nowhere"},
}


@pytest.mark.parametrize("changes", UNFIT.values(), ids=UNFIT.keys())
async def test_the_rules_for_submissions_hold(changes: dict[str, Any]) -> None:
    door = intake()
    who = await joined(door, full_person())

    with pytest.raises(UnfitDetailsError):
        await hear(door, await said(door, who, card=CARD.model_copy(update=changes)))


async def test_a_time_zone_must_be_known() -> None:
    door = intake()
    who = await joined(door, full_person())
    data = {"contact_preference": {"time_zone": "Europe/Ealing"}}

    with pytest.raises(UnfitDetailsError):
        await hear(door, await said(door, who, data=data))


async def test_a_need_that_is_on_no_list_any_more_loses_nothing_else_that_was_said() -> None:
    door = intake()
    who = await joined(door, full_person())

    await hear(door, await said(door, who, data={"needs": [EASY, "1"]}))

    assert EASY in newest(door).needs
    assert "1" not in newest(door).needs
    assert cards_told(door)[-1] == CARD


async def test_a_need_taken_back_stays_so_when_details_are_given_that_do_not_speak_of_it() -> None:
    door = intake()
    who = await joined(door, full_person(needs=[STEP_FREE]))
    data = {"needs": [], "needs_dropped": []}

    await hear(door, await said(door, who), await said(door, who, sequence=2, data=data))

    assert newest(door).needs == ()


async def test_they_are_recognised_by_the_contacts_that_they_gave_themselves() -> None:
    door, data = intake(), full_person()
    who = await joined(door, data)
    await hear(door, await said(door, who))

    mail = [{"channel": "email", "value": "a.yusuf@example.org", "preferred": True}]
    again = without(data, "reference") | {"reference": "another-list-7", "contacts": mail}
    received = await send(door, event(again, time=(AT + timedelta(hours=1)).isoformat()))

    assert received.submission.aggregate_id == who
    assert [each.publisher for each in newest(door).references] == ["nwl-trust"] * 2


async def test_no_contact_of_somebody_else_makes_them_recognised() -> None:
    door, data = intake(), full_person()
    other = await joined(door, data)
    held = (await known(door, other)).handles
    who = await joined(door, full_person())

    theirs = Contact(channel=Channel.EMAIL, value=data["contacts"][0]["value"])
    contacts = (*CARD.contacts, theirs)
    await hear(door, await said(door, who, card=CARD.model_copy(update={"contacts": contacts})))

    assert not held & (await known(door, who)).handles
    assert (await known(door, other)).handles == held


async def test_what_they_gave_before_recognises_them_no_more() -> None:
    door = intake()
    who = await joined(door, full_person())
    await hear(door, await said(door, who))
    first = (await known(door, who)).handles

    card = CARD.model_copy(update={"contacts": CARD.contacts[:1]})
    await hear(door, await said(door, who, sequence=2, card=card))

    assert len(first - (await known(door, who)).handles) == 1


async def test_who_left_is_not_spoken_of_and_is_reached_as_they_said_when_they_return() -> None:
    door, data = intake(), full_person()
    who = await joined(door, data)
    gone, moment = {"reference": data["reference"]}, (AT - timedelta(minutes=1)).isoformat()
    await send(door, event(gone, type="participant.withdrawn", time=moment))
    told = len(door.store.events)

    await hear(door, await said(door, who))

    assert len(door.store.events) == told
    anew = {"version": "1", "given_at": (AT + timedelta(hours=1)).isoformat(), "how": "web"}
    returns = without(data, "monitoring") | {"consent": {"involvement": anew}}
    await send(door, event(returns, time=(AT + timedelta(hours=1)).isoformat()))
    assert newest(door).preferred_channel is Channel.SMS
    assert cards_told(door)[-1] == CARD


async def test_who_asks_to_be_forgotten_is_forgotten_once_and_stays_so() -> None:
    door, data = intake(), full_person()
    who = await joined(door, data)
    await hear(door, await said(door, who))
    wish = an_event(ReplyErasureAsked, data={"participant_id": who}, subject=who, hub=HUB)

    later = await said(door, who, sequence=2)
    await hear(door, wish, wish.model_copy(update={"id": "another"}), later)

    person = await known(door, who)
    assert (person.status, person.own_details, person.sealed) == (ERASED, None, None)
    assert len([e for e in door.store.events if isinstance(e, ParticipantErased)]) == 1
    assert [key for key in door.store.due if key[0] == "erasures"] == [("erasures", who)]


@pytest.mark.parametrize("kind", ["details", "erasure"])
async def test_of_somebody_unknown_it_is_an_error(kind: str) -> None:
    door, who = intake(), str(UUID(int=1))
    wish = an_event(ReplyErasureAsked, data={"participant_id": who})

    with pytest.raises(NotFoundError):
        await hear(door, wish if kind == "erasure" else await said(door, who))
