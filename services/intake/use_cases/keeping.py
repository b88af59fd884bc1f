"""What lies sealed for a while, and when that ends: the quarantine, and what waits to be judged."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake.domain.people import Sealed
from services.intake.domain.submissions import Quarantined, kept_until
from services.intake.ports import Desk
from shared.changes import NOTHING, Changes, Due, Undue, Write

EXPIRIES = "expiries"
"""When quarantined submissions, and second looks that were never had, are dropped."""
SECOND_LOOKS = "second_looks"
KEY_ENDS = "key_ends"
"""When keys are deleted: of what lay sealed and is dropped, of people who have newer ones."""
QUARANTINE = "quarantine"
PERSON = "person"


def end_of_second_look(digest: str, desk: Desk) -> Due:
    """Ask for it to be dropped when it was not judged by the time that quarantine ends."""
    return Due(EXPIRIES, _end_of(digest), kept_until(desk.facts.now()))


def second_look_had(digest: str, desk: Desk) -> Changes:
    """Say that it was judged, so that nothing is left to drop but its key."""
    return Changes((Undue(EXPIRIES, _end_of(digest)), key_ended(_end_of(digest), desk)))


def second_look_dropped(digest: str, desk: Desk) -> tuple[Write, ...]:
    """Drop it unjudged."""
    return (
        Undue(SECOND_LOOKS, digest),
        Undue(EXPIRIES, _end_of(digest)),
        key_ended(_end_of(digest), desk),
    )


async def sealed_for_second_look(digest: str, body: bytes, desk: Desk) -> dict[str, str]:
    """Seal what is to be judged again, under a key of its own."""
    nonce, ciphertext = await desk.keys.seal_text(_end_of(digest), body)
    return {"nonce": nonce, "ciphertext": ciphertext, "key": _end_of(digest)}


async def opened_for_second_look(digest: str, about: Mapping[str, Any], desk: Desk) -> bytes | None:
    """Return what is to be judged again; None when its key is forgotten."""
    nonce, ciphertext = about["nonce"], about["ciphertext"]
    if "key" in about:
        return await desk.keys.open_text(about["key"], nonce, ciphertext)
    return desk.cipher.open(Sealed(nonce, ciphertext), about=digest)


async def sealed_for_quarantine(submission_id: str, body: bytes, desk: Desk) -> Sealed:
    """Seal what was rejected, under a key of its own."""
    return Sealed(*await desk.keys.seal_text(_key_of(submission_id), body))


async def opened_from_quarantine(rejected: Quarantined, desk: Desk) -> bytes | None:
    """Return what was rejected, as it came; None when its key is forgotten."""
    if rejected.own_key:
        sealed = rejected.body
        name = _key_of(rejected.id)
        return await desk.keys.open_text(name, sealed.nonce, sealed.ciphertext)
    return desk.cipher.open(rejected.body, about=rejected.id)


def quarantine_dropped(rejected: Quarantined, desk: Desk) -> tuple[Write, ...]:
    """Drop what was rejected, and its key right after."""
    return desk.quarantine.drop(rejected), key_ended(_key_of(rejected.id), desk)


def key_ended(name: str, desk: Desk) -> Due:
    """Ask for a key to be deleted once what it sealed is gone."""
    return Due(KEY_ENDS, name, desk.facts.now())


async def end_key(name: str, about: Mapping[str, Any], desk: Desk) -> Changes:
    """Delete a key, unless something is rejected again under the same id; of people, older ones."""
    kind, _, named = name.partition("/")
    if kind == PERSON:
        await desk.rotation.drop_before(UUID(named), about["key"])
    elif kind != QUARANTINE or await desk.quarantine.get(named) is None:
        await desk.keys.forget(name)
    return NOTHING


async def expire(work_id: str, desk: Desk) -> Changes:
    """Drop what lay sealed for its time."""
    kind, _, digest = work_id.partition("/")
    if kind == SECOND_LOOKS:
        return Changes(second_look_dropped(digest, desk))
    found = await desk.quarantine.get(work_id)
    if found is None or found.until > desk.facts.now():
        return NOTHING
    return Changes(quarantine_dropped(found, desk))


def _end_of(digest: str) -> str:
    return f"{SECOND_LOOKS}/{digest}"


def _key_of(submission_id: str) -> str:
    return f"{QUARANTINE}/{submission_id}"
