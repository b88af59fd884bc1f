"""A command as it is typed."""

from pathlib import Path

from typer.testing import CliRunner, Result

from cli.verbs import app


def wlc(*words: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)
