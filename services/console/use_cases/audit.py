"""The audit trail: who did what to which object, and when; never what it said."""

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
    return await _in_no_hub(what, who, who, known, facts)


async def _in_no_hub(
    what: str, who: str, about: str, known: Knowledge, facts: Facts, *besides: str
) -> Changes:
    """Name the hubs of the account: leads there read the row also when the account is gone."""
    member = await known.staff.get(who)
    row = AuditRow(
        id=str(facts.new_id()),
        who=who,
        what=what,
        about=about,
        hub=None,
        at=facts.now(),
        hubs=tuple(sorted({*(member.roles if member else ()), *besides})),
    )
    return Changes((known.audit.keep(row), to_be_sealed(row.id, row.at)))


async def noted_of_operator(
    what: OperatorAct, about: Iterable[str], who: str, known: Knowledge, facts: Facts
) -> Changes:
    """Describe a row for each object of what an operator does; leads of their hubs read it.

    So do those of a person's hub, where it is done to a person.
    """
    changes = NOTHING
    for each in about:
        person = await known.people.get(each)
        besides = (person.hub,) if person else ()
        changes += await _in_no_hub(what, who, each, known, facts, *besides)
    return changes


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
