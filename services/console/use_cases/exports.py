"""Staff take figures away as a file: who took which, of which months, stays known."""

from services.console.ports import Knowledge
from services.console.use_cases.audit import noted
from shared.changes import Changes
from shared.facts import Facts


async def note_export(
    file: str, hub: str, months: str, by: str, known: Knowledge, facts: Facts
) -> Changes:
    """Note that a file was taken away, before it is."""
    about = f"{file} {months}"
    return noted(known.audit, facts, who=by, what="exported", about=about, hub=hub)
