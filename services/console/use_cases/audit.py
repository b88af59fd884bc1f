"""The audit trail: who did what to which object, and when; never what it said."""

from services.console.ports import AuditRow, AuditTrail, Knowledge
from shared.changes import Changes
from shared.facts import Facts


def noted(
    audit: AuditTrail, facts: Facts, *, who: str, what: str, about: str, hub: str | None = None
) -> Changes:
    """Describe one more row."""
    row = AuditRow(id=str(facts.new_id()), who=who, what=what, about=about, hub=hub, at=facts.now())
    return Changes((audit.keep(row),))


async def noted_of_oneself(what: str, who: str, known: Knowledge, facts: Facts) -> Changes:
    """Describe one more row of what somebody did to their own account, or tried to.

    It names the hubs of the account, so that leads there read it also when the account is gone.
    """
    member = await known.staff.get(who)
    row = AuditRow(
        id=str(facts.new_id()),
        who=who,
        what=what,
        about=who,
        hub=None,
        at=facts.now(),
        hubs=tuple(sorted(member.roles)) if member else (),
    )
    return Changes((known.audit.keep(row),))
