"""What is written down is sealed soon after, in whatever order it comes and however often."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from services.console.ports import AuditRow
from services.console.use_cases import sealing
from services.console.use_cases.audit import noted
from shared.audit_chain import Found, check
from shared.changes import Changes
from tests.builders.console import ConsoleInMemory

SEALED = timedelta(seconds=2)


def found_in(console: ConsoleInMemory) -> Found:
    chain = console.stored.known.chain
    blocks = [asdict(block) for _, block in sorted(chain.entities.items())]  # type: ignore[attr-defined]
    stored = [{"_id": block.pop("id"), **block} for block in blocks]
    return check(stored, chain.stored_rows())  # type: ignore[attr-defined]


def acts(console: ConsoleInMemory, *names: str) -> None:
    for name in names:
        audit, facts = console.stored.known.audit, console.facts
        console.stored.commit(noted(audit, facts, who="amina", what="exported", about=name))


async def settled(console: ConsoleInMemory) -> Found:
    console.clock.pass_by(SEALED)
    while any(row.at <= console.clock.at for row in console.stored.due.values()):
        await console.do_what_is_due()
    return found_in(console)


async def test_what_staff_did_is_sealed_within_seconds_and_in_one_block_what_came_together() -> (
    None
):
    console = ConsoleInMemory()
    async with console.signed_in():
        acts(console, "one", "two")

    before, after = found_in(console), await settled(console)

    assert (before.blocks, len(before.unsealed)) == (0, 3)
    assert (after.blocks, after.rows, after.unsealed, after.faults) == (1, 3, [], [])


async def test_a_later_row_goes_into_a_block_that_follows() -> None:
    console = ConsoleInMemory()
    acts(console, "one")
    await settled(console)
    acts(console, "two", "three")

    found = await settled(console)

    assert (found.blocks, found.rows, found.unsealed, found.faults) == (2, 3, [], [])


async def test_rows_of_before_there_was_a_chain_are_sealed_page_by_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "PAGE", 2)
    console, old = ConsoleInMemory(), 5
    for number in range(old):
        row = AuditRow(
            id=f"old-{number}",
            who="amina",
            what="exported",
            about="all",
            hub=None,
            at=console.clock.at,
        )
        console.stored.commit(Changes((console.stored.known.audit.keep(row),)))
    acts(console, "new")

    found = await settled(console)

    assert (found.rows, found.unsealed, found.faults) == (old + 1, [], [])


async def test_a_row_that_was_taken_away_before_it_was_sealed_is_missed_for_ever() -> None:
    console = ConsoleInMemory()
    acts(console, "one", "two")
    taken = next(iter(console.stored.audit.entities))
    del console.stored.audit.entities[taken]

    found = await settled(console)

    assert found.faults == [f"row {taken} was taken away"]
