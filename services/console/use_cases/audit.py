"""The audit trail: who did what to which object, and when; never what it said."""

import asyncio
from collections.abc import Iterable

from services.console.ports import AUTOMATICALLY, AuditRow, AuditTrail, Knowledge, OperatorAct
from services.console.use_cases.sealing import to_be_sealed
from shared.changes import NOTHING, Changes
from shared.contracts.matches import MatchApproved, MatchSentBack
from shared.facts import Facts


def noted(
    audit: AuditTrail, facts: Facts, *, who: str, what: str, about: str, hub: str | None = None
) -> Changes:
    """Describe one more row."""
    row = AuditRow(id=str(facts.new_id()), who=who, what=what, about=about, hub=hub, at=facts.now())
    return Changes((audit.keep(row), to_be_sealed(row.id, row.at)))


async def noted_of_oneself(what: str, who: str, known: Knowledge, facts: Facts) -> Changes:
    """Describe one more row of what somebody did to their own account, or tried to."""
    return _in_no_hub(what, who, who, known.audit, facts, hubs=await _hubs_of(who, known))


async def _hubs_of(who: str, known: Knowledge) -> frozenset[str]:
    """Return the hubs of an account: leads there read its rows also when it is gone."""
    member = await known.staff.get(who)
    return frozenset(member.roles if member else ())


def _in_no_hub(
    what: str, who: str, about: str, audit: AuditTrail, facts: Facts, *, hubs: Iterable[str]
) -> Changes:
    row = AuditRow(
        id=str(facts.new_id()),
        who=who,
        what=what,
        about=about,
        hub=None,
        at=facts.now(),
        hubs=tuple(sorted(hubs)),
    )
    return Changes((audit.keep(row), to_be_sealed(row.id, row.at)))


async def noted_of_operator(
    what: OperatorAct, about: Iterable[str], who: str, known: Knowledge, facts: Facts
) -> Changes:
    """Describe a row for each object of what an operator does; leads of their hubs read it.

    So do those of a person's hub, where it is done to a person.
    """
    ids, own_hubs = tuple(about), await _hubs_of(who, known)
    people = await asyncio.gather(*(known.people.get(each) for each in ids))
    hubs = [own_hubs | {person.hub} if person else own_hubs for person in people]
    rows = (
        _in_no_hub(what, who, each, known.audit, facts, hubs=theirs)
        for each, theirs in zip(ids, hubs, strict=True)
    )
    return sum(rows, NOTHING)


def noted_automatically(
    event: MatchApproved | MatchSentBack, audit: AuditTrail, facts: Facts
) -> Changes:
    """Describe the row of a panel that was approved without staff; nothing where staff decided."""
    if event.data.by != AUTOMATICALLY:
        return NOTHING
    return noted(
        audit,
        facts,
        who=AUTOMATICALLY,
        what="match_approved_automatically",
        about=str(event.data.match.match_id),
        hub=event.hub,
    )
