"""The folder where the mail catcher leaves what would have gone to people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

LINK = re.compile(r"https?://\S+/i/[^\s/>)]+")
REPEATS = "repeats.log"


@dataclass(frozen=True)
class Mail:
    """An e-mail, as its reader sees it; `link` leads to the page where to answer."""

    message_id: str
    to: str
    link: str | None
    calendar_methods: frozenset[str]


class Mailbox:
    """Reads each e-mail once."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self.mails: dict[str, Mail] = {}
        """By file."""

    def new(self) -> list[Mail]:
        """Return what came since the last look."""
        found = {path.name: path for path in self._folder.glob("*.eml")}
        fresh = {name: read(path) for name, path in found.items() if name not in self.mails}
        self.mails |= fresh
        return list(fresh.values())

    def repeats(self) -> int:
        """Count what was handed over again under the same Message-ID."""
        log = self._folder / REPEATS
        return len(log.read_text(encoding="ascii").splitlines()) if log.exists() else 0


def read(path: Path) -> Mail:
    """Read an e-mail."""
    mail = message_from_bytes(path.read_bytes(), policy=default)
    text = mail.get_body(("plain",))
    link = LINK.search(text.get_content()) if text else None
    return Mail(
        message_id=str(mail["Message-ID"]).strip("<> ").partition("@")[0],
        to=str(mail["To"]).lower(),
        link=link[0] if link else None,
        calendar_methods=frozenset(_methods(mail)),
    )


def _methods(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            content = str(part.get_content())
            yield from re.findall(r"^METHOD:(\w+)", content, re.MULTILINE)
