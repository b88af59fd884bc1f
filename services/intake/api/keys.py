"""What the operator asks of the keys, by the operator's token."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException

from services.intake.ports import Desk
from services.intake.use_cases.key_rotation import (
    UnknownMasterError,
    ask_for_new_key,
    ask_for_rewrapping,
)
from shared.changes import Changes
from shared.committer import Commits, Work
from shared.contracts.base import Model
from shared.errors import NotFoundError
from shared.key_rotation import Masters
from shared.operator_doors import RESPONSES, OperatorDoor

NOBODY = "Nobody has this participant id, or they were erased."
UNKNOWN = "Keys are wrapped by a master key that intake does not know; set it, and ask again."


class MasterAnswer(Model):
    """How many keys a master wraps; unnamed are those of before masters had names."""

    name: str
    keys: int
    is_current: bool
    is_known: bool


class KeysAnswer(Model):
    """By which masters the keys are wrapped; `left` are under another than the current one."""

    current: str
    masters: tuple[MasterAnswer, ...]
    left: int


class PersonAsked(Model):
    """Whose key is meant."""

    participant_id: UUID


class KeyDesk:
    """The operator's part of the keyring."""

    def __init__(self, desk: Desk, commits: Commits) -> None:
        self._desk = desk
        self._commits = commits

    async def show(self) -> KeysAnswer:
        """Tell by which masters keys are wrapped."""
        return _answer(await self._desk.rotation.masters())

    async def rotate_master(self) -> KeysAnswer:
        """Begin to wrap all keys under the current master."""
        found: list[Masters] = []

        async def work() -> Changes:
            masters, changes = await ask_for_rewrapping(self._desk)
            found.append(masters)
            return changes

        try:
            await self._commit(work)
        except UnknownMasterError:
            raise HTTPException(409, UNKNOWN) from None
        return _answer(found[-1])

    async def rotate(self, asked: PersonAsked) -> None:
        """Give one person a new key."""
        try:
            await self._commit(partial(ask_for_new_key, asked.participant_id, self._desk))
        except NotFoundError:
            raise HTTPException(404, NOBODY) from None

    async def _commit(self, work: Work) -> None:
        await self._commits.commit(f"intake:keys:{self._desk.facts.new_id()}", work)


def keys_router(desk: Desk, commits: Commits, door: OperatorDoor) -> APIRouter:
    """Return `/keys`, `/keys/rotate-master` and `/keys/rotate`."""
    keys = KeyDesk(desk, commits)
    router = APIRouter(tags=["operations"], dependencies=[Depends(door)], responses={**RESPONSES})
    router.add_api_route("/keys", keys.show)
    router.add_api_route("/keys/rotate-master", keys.rotate_master, methods=["POST"])
    router.add_api_route("/keys/rotate", keys.rotate, methods=["POST"], status_code=202)
    return router


def _answer(found: Masters) -> KeysAnswer:
    masters = (
        MasterAnswer(
            name=name,
            keys=keys,
            is_current=name == found.current,
            is_known=name not in found.unknown,
        )
        for name, keys in sorted(found.keys.items())
    )
    return KeysAnswer(current=found.current, masters=tuple(masters), left=found.left)
