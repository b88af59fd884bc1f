"""The ledger of consents of one person: read, and stored in one piece with the person."""

import asyncio
from dataclasses import replace
from functools import partial
from uuid import uuid5

from services.intake.domain.consents import NAMESPACE, Ledger, of_before
from services.intake.domain.people import Participant
from services.intake.ports import Desk
from shared.changes import NOTHING, Changes
from shared.committer import Commits

LOOK_SECONDS = 3600.0


async def ledger_of(person: Participant, desk: Desk) -> Ledger:
    """Return all lines about a person, those of before in their own record too."""
    stored = await desk.consents.about(person.id)
    return Ledger(Ledger(tuple(stored)).having(*of_before(person.id, person.ledger)).lines)


def stored(person: Participant, ledger: Ledger, desk: Desk) -> Changes:
    """Store a person with what was added to their ledger: of two who add, one reads again."""
    added = (desk.consents.keep(each) for each in ledger.added)
    return Changes((desk.participants.keep(person), *added))


async def carry_over_ledgers(desk: Desk, commits: Commits) -> None:
    """Bring what lies in participants' own records to its collection, for as long as there is any.

    A replica of an older version may still add to it, so it is looked for again and again.
    """
    while True:
        while found := await desk.participants.with_a_ledger_of_before():
            for each in found:
                name = str(uuid5(NAMESPACE, f"{each.id} {each.version}"))
                await commits.commit(name, partial(carried_over, each.id, desk))
        await asyncio.sleep(LOOK_SECONDS)


async def carried_over(person_id: str, desk: Desk) -> Changes:
    """Move the ledger of one person; nothing else of them changes, and nobody is told."""
    person = await desk.participants.get(person_id)
    if person is None or not person.ledger:
        return NOTHING
    known = Ledger(tuple(await desk.consents.about(person.id)))
    ledger = known.having(*of_before(person.id, person.ledger))
    return stored(replace(person, ledger=()), ledger, desk)
