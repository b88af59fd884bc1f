"""Keys are wrapped anew under the current master, and people are given newer keys."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.intake.domain.people import ERASED, Participant, Sealed
from services.intake.ports import Desk
from services.intake.use_cases.keeping import KEY_ENDS, PERSON
from services.intake.use_cases.states import contact_changed, kept_sealed, told_sealed
from shared.changes import NOTHING, Changes, Due
from shared.contracts.participants import SealedContact
from shared.errors import NotFoundError, RuleError
from shared.key_rotation import Masters

MASTER_ROTATIONS = "master_rotations"
KEY_ROTATIONS = "key_rotations"
ALL_KEYS = "all"
KEPT_BESIDE = timedelta(days=15)
"""Cards in queues and dead letters are sealed with the key of before, at most 14 days long."""
NAME_CHARACTERS = 8


class UnknownMasterError(RuleError):
    """Keys are wrapped by a master that is not set here, so that they cannot be wrapped anew."""

    code = "unknown-master"


async def ask_for_rewrapping(desk: Desk) -> tuple[Masters, Changes]:
    """Have all keys wrapped under the current master, piece by piece. Raises UnknownMasterError."""
    found = await desk.rotation.masters()
    if found.unknown:
        raise UnknownMasterError("keys are wrapped by a master that is not set")
    wanted = Due(MASTER_ROTATIONS, ALL_KEYS, desk.facts.now())
    return found, Changes((wanted,)) if found.left else NOTHING


async def rewrap(desk: Desk) -> Changes:
    """Wrap some keys anew, and ask for the rest."""
    if not await desk.rotation.rewrap_some():
        return NOTHING
    return Changes((Due(MASTER_ROTATIONS, ALL_KEYS, desk.facts.now()),))


async def ask_for_new_key(participant_id: UUID, desk: Desk) -> Changes:
    """Have a person's cards sealed under a new key. Raises NotFoundError."""
    person = await desk.participants.get(str(participant_id))
    if person is None or person.status == ERASED or person.sealed is None:
        raise NotFoundError("nobody has this participant id, or nothing of theirs is sealed")
    about = {"key": desk.facts.new_id().hex[:NAME_CHARACTERS]}
    return Changes((Due(KEY_ROTATIONS, person.id, desk.facts.now(), about),))


async def seal_under_new_key(person_id: str, about: Mapping[str, Any], desk: Desk) -> Changes:
    """Give the person a newer key and tell the card sealed under it; the old key goes later.

    Who is erased meanwhile gets none: their row of the keyring is gone, and so is this one's unit.
    """
    person = await desk.participants.get(person_id)
    if person is None or person.status == ERASED or person.sealed is None:
        return NOTHING
    if not await desk.rotation.add_key(UUID(person.id), about["key"]):
        return NOTHING
    own = person.own_details
    after = replace(
        person,
        sealed=await _again(person, person.sealed, desk),
        own_details=replace(own, sealed=await _again(person, own.sealed, desk)) if own else None,
    )
    event = contact_changed(after, desk.facts.started(person.hub), _what_stands(after))
    end = Due(KEY_ENDS, f"{PERSON}/{person.id}", desk.facts.now() + KEPT_BESIDE, about)
    return Changes((desk.participants.keep(after), end), (event,))


async def _again(person: Participant, sealed: Sealed, desk: Desk) -> Sealed:
    """Return it under the newest key; what cannot be opened any more stays as it is."""
    card = await desk.keys.open(told_sealed(person.id, sealed))
    if card is None:
        return sealed
    anew = await desk.keys.seal(UUID(person.id), card)
    return kept_sealed(anew)


def _what_stands(person: Participant) -> SealedContact:
    stands = person.own_details.sealed if person.own_details else person.sealed
    if stands is None:
        raise NotFoundError("nothing of this person is sealed")
    return told_sealed(person.id, stands)
