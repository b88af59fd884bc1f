"""People are given newer keys, and what lies sealed for a while has a key that goes with it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.handlers import build_handlers
from services.intake.use_cases.doors import try_again
from services.intake.use_cases.keeping import EXPIRIES, KEY_ENDS
from services.intake.use_cases.key_rotation import (
    KEPT_BESIDE,
    KEY_ROTATIONS,
    MASTER_ROTATIONS,
    UnknownMasterError,
    ask_for_new_key,
    ask_for_rewrapping,
)
from shared.contracts.participants import ParticipantContactChanged
from shared.due import DueWork
from shared.errors import NotFoundError
from shared.key_rotation import Masters
from tests.builders.intake import NOW, event, intake, person, publisher, send
from tests.fakes.intake import Intake


async def do(desk: Intake, kind: str) -> None:
    """Do what is due of a kind."""
    handlers = build_handlers(desk.desk, desk.publishers)
    for (found, name), row in [*desk.store.due.items()]:
        if found == kind:
            del desk.store.due[(found, name)]
            work = DueWork(name, row.at, row.about, 0, "asked")
            desk.store.commit(await handlers.of_due[kind](work))


async def joined(desk: Intake) -> tuple[UUID, dict[str, Any]]:
    stated = person()
    received = await send(desk, event(stated))
    return UUID(received.submission.aggregate_id), stated


async def test_a_card_is_told_anew_under_a_new_key_and_the_old_one_ends_later() -> None:
    desk = intake()
    who, _ = await joined(desk)

    desk.store.commit(await ask_for_new_key(who, desk.desk))
    await do(desk, KEY_ROTATIONS)

    first, second = (e for e in desk.store.events if isinstance(e, ParticipantContactChanged))
    stored = await desk.desk.participants.get(str(who))
    assert stored
    assert stored.sealed
    assert (second.sequence, second.data.nonce) == (first.sequence + 1, stored.sealed.nonce)
    assert second.data != first.data
    [(_, key)] = desk.desk.rotation.given  # type: ignore[attr-defined]
    end = desk.store.due[(KEY_ENDS, f"person/{who}")]
    assert (end.at, end.about) == (NOW + KEPT_BESIDE, {"key": key})
    await do(desk, KEY_ENDS)
    assert desk.desk.rotation.dropped == [(who, key)]  # type: ignore[attr-defined]


async def test_who_is_erased_before_their_new_key_is_made_gets_none() -> None:
    desk = intake()
    who, stated = await joined(desk)
    desk.store.commit(await ask_for_new_key(who, desk.desk))
    told = len(desk.store.events)
    asks = event({"reference": stated["reference"]}, type="participant.erasure_requested")
    await send(desk, asks)

    await do(desk, KEY_ROTATIONS)

    assert desk.desk.rotation.given == []  # type: ignore[attr-defined]
    later = desk.store.events[told:]
    assert not any(isinstance(each, ParticipantContactChanged) for each in later)
    for nobody in (who, uuid4()):
        with pytest.raises(NotFoundError):
            await ask_for_new_key(nobody, desk.desk)


async def test_keys_are_wrapped_anew_piece_by_piece_until_none_is_left() -> None:
    desk = intake()
    desk.desk.rotation.found = Masters("new", {"old": 1200}, ())  # type: ignore[misc]
    desk.desk.rotation.pieces = 3  # type: ignore[attr-defined]
    _, changes = await ask_for_rewrapping(desk.desk)
    desk.store.commit(changes)

    done = 0
    while any(kind == MASTER_ROTATIONS for kind, _ in desk.store.due):
        await do(desk, MASTER_ROTATIONS)
        done += 1

    assert done == 3
    desk.desk.rotation.found = Masters("new", {"lost": 1}, ("lost",))  # type: ignore[misc]
    with pytest.raises(UnknownMasterError):
        await ask_for_rewrapping(desk.desk)


async def test_what_is_corrected_or_expires_leaves_no_key_behind() -> None:
    desk = intake()
    texts = desk.desk.keys.texts  # type: ignore[attr-defined]
    stated = person(postcode="bad")
    first = await send(desk, event(stated))
    second = await send(desk, event(person(postcode="bad")))
    assert len(texts) == 2

    item = await desk.desk.quarantine.get(first.submission.id)
    assert item
    stated["postcode"] = "W12 7RZ"
    corrected = event(stated)
    await try_again(item, publisher(), event=corrected, desk=desk.desk, commits=desk.commits)
    await do(desk, KEY_ENDS)
    assert list(texts) == [f"quarantine/{second.submission.id}"]

    desk.desk.quarantine.entities.clear()  # type: ignore[attr-defined]
    await do(desk, EXPIRIES)
    assert list(texts) == [f"quarantine/{second.submission.id}"]


async def test_what_is_rejected_again_under_its_id_keeps_its_key() -> None:
    desk = intake()
    received = await send(desk, event(person(postcode="bad")))
    name = f"quarantine/{received.submission.id}"
    handlers = build_handlers(desk.desk, desk.publishers)

    await handlers.of_due[KEY_ENDS](DueWork(name, NOW, {}, 0, "asked"))

    assert name in desk.desk.keys.texts  # type: ignore[attr-defined]
