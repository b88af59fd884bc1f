"""The verbs of `wlc`, composed, and what stops one turned into an exit code."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli import (
    dead_letters,
    failed_work,
    keys,
    messages,
    publishers,
    publishing,
    reach,
    running,
    showing,
    status,
    tracing,
)
from cli.auditing import command as auditing
from cli.backups import command as backups
from cli.certificates import certificates
from cli.doctoring.command import doctor
from cli.drawing import command as drawing
from cli.erasing.command import erase
from cli.errors import CommandError
from cli.importing import command as importing
from cli.subject_access.command import subject_access
from cli.terminal import say


class Verbs(TyperGroup):
    """Says in one sentence why a command cannot go on."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except CommandError as error:
            say(f"wlc: {error.sentence}")
            raise typer.Exit(error.exit_code) from error


app = typer.Typer(
    cls=Verbs,
    name="wlc",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Run and look after the gateway of the West London Collaborative.",
    epilog="Ends with 0: done, 1: some input was refused, 2: wrong usage, "
    "3: a needed service cannot be reached, 130: stopped by Ctrl-C.",
)
for verb in (
    running.up,
    running.down,
    running.access,
    status.status,
    publishing.publish,
    showing.matches,
    showing.sessions,
    reach.reach,
    tracing.trace,
    erase,
    doctor,
    certificates,
    backups.backup,
    backups.restore,
    subject_access,
):
    app.command()(verb)

imports = typer.Typer(no_args_is_help=True, help="Bring people in from a spreadsheet.")
imports.command()(importing.participants)
imports.callback()(lambda: None)
app.add_typer(imports, name="import")
app.add_typer(messages.verbs, name="messages")
app.add_typer(drawing.verbs, name="match")
app.add_typer(dead_letters.verbs, name="dead-letters")
app.add_typer(failed_work.verbs, name="failed-work")
app.add_typer(keys.verbs, name="keys")
app.add_typer(auditing.verbs, name="audit")
app.add_typer(publishers.verbs, name="publishers")
