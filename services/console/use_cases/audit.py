"""The audit trail: who did what to which object, and when; never what it said."""

from services.console.ports import AuditRow, AuditTrail
from shared.changes import Changes
from shared.facts import Facts


def noted(
    audit: AuditTrail, facts: Facts, *, who: str, what: str, about: str, hub: str | None = None
) -> Changes:
    """Describe one more row."""
    row = AuditRow(id=str(facts.new_id()), who=who, what=what, about=about, hub=hub, at=facts.now())
    return Changes((audit.keep(row),))
