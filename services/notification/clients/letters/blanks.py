"""What stands in a letter in place of a person's name and link until the very end.

So what many people are told alike is parsed and laid out once, and nothing of a person is kept.
"""

import secrets
from dataclasses import dataclass
from html import escape

from services.notification.clients import markdown

NAME = markdown.Markdown("\ue000")
"""A sign for private use, which nothing from outside can bring in: see markdown.UNSEEN."""

LINK = markdown.Markdown(f"https://{secrets.token_hex(16)}.invalid/")
"""Nobody can guess it, so no text of a partner's can ask for somebody's link."""


@dataclass(frozen=True, slots=True)
class Own:
    """What of a letter is one person's own."""

    name: str
    link: str

    def in_text(self, words: str) -> str:
        """Return the words with the name and the link in their places."""
        return words.replace(NAME, markdown.one_line(self.name)).replace(LINK, self.link)

    def in_html(self, page: str) -> str:
        """Return the page with the name and the link in their places."""
        name = escape(markdown.one_line(self.name), quote=False)
        return page.replace(NAME, name).replace(LINK, escape(self.link))
