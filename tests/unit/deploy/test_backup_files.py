"""What a backup leaves out is said where it is described."""

from pathlib import Path

import pytest

from cli.backups.installation import KEPT_FILES
from deploy.certificates import AUTHORITY
from deploy.compose.setup import SECRETS

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"


@pytest.mark.parametrize("name", [*SECRETS, AUTHORITY])
def test_a_secret_is_in_the_backup_or_said_not_to_be(name: str) -> None:
    chapter = RUNBOOK.read_text().partition("\n## Back-up\n")[2].partition("\n## ")[0]
    left_out = chapter.partition("- What is not in it:")[2]

    assert name in KEPT_FILES or f"`{name}`" in left_out
