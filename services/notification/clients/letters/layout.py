"""The page of an e-mail: what was written, inside the hub's own layout."""

from functools import lru_cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.notification.clients.letters.library import TEMPLATES
from services.notification.clients.letters.writer import REMEMBERED, Words
from services.notification.clients.wording import Saying, Wording
from services.notification.domain import Hub


class Layout:
    """Lays pages out with their styles in the tags, as mail programs want it."""

    def __init__(self) -> None:
        self._template = Environment(
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
        ).get_template("layout.html")
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
        self.page = lru_cache(REMEMBERED)(self._page)

    def _page(self, words: Words, wording: Wording, hub: Hub, point_size: int) -> str:
        """Return the page, with blanks for what is the person's own; alike pages are made once."""
        page = self._template.render(
            subject=words.subject,
            body=Markup(words.reading.html),  # noqa: S704 - cleaned by nh3
            hub=hub,
            point_size=point_size,
            tag=wording.tag,
            direction=wording.direction,
            start="right" if wording.direction == "rtl" else "left",
            footer=wording.speech.say(Saying.FOOTER, hub=hub.name),
        )
        return self._inliner.inline(page)
