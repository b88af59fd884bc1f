"""How the headers of an e-mail are laid out on the wire."""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.policy import SMTP, Policy
from textwrap import wrap

LINE = 76
"""The longest line of a header with encoded words (RFC 2047)."""


class Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # typeshed only
    """A subject that begins on its first line.

    Python 3.11 leaves that line empty when the words fit a line only without the name, and loses
    a space between words that are not plain letters.
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the lines of the header."""
        start = f"{self.name}: "
        is_plain = self.isascii() and "=?" not in self
        if is_plain and all(len(start + word) <= LINE for word in self.split()):
            lines = wrap(start + self, LINE, subsequent_indent=" ", break_on_hyphens=False)
            return policy.linesep.join(lines or [start]) + policy.linesep
        encoded = Header(self, "utf-8", maxlinelen=LINE, header_name=self.name)
        return start + encoded.encode(linesep=policy.linesep) + policy.linesep


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", Subject)
    return registry


POLICY = SMTP.clone(header_factory=_registry())
