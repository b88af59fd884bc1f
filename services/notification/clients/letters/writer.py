"""Writing: what a letter says in each form, before it is put into an envelope."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from services.notification.clients import markdown
from services.notification.clients.letters import library
from services.notification.clients.letters.blanks import LINK, NAME
from services.notification.clients.letters.library import Library
from services.notification.clients.markdown import Markdown, Reading
from services.notification.domain import ENGLISH, Hub, Invitation, Kind, Letter, Letterhead
from services.notification.domain.discretion import Shown, shown

REMEMBERED = 512
"""How many sources that many people get alike are kept parsed."""

SUBJECT = "Subject: "
TYPOGRAPHIC = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
    }
)
"""What would make a text message cost twice as much, for signs that look alike."""


@dataclass(frozen=True, slots=True)
class Words:
    """A letter in one form and language, with blanks for what is the person's own."""

    subject: str
    reading: Reading
    language: str
    lines: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of Easy Read: the name of its picture, none for a heading, and inline HTML."""

    picture: str
    words: str


class Writer:
    """Writes what the templates say of a letter, in the language of the person where it can."""

    def __init__(self, letterhead: Letterhead, shelves: Library) -> None:
        self._letterhead = letterhead
        self.library = shelves
        self._rendered = lru_cache(REMEMBERED)(self._render)

    def standard(self, letter: Letter, *, on_paper: bool = False) -> Words:
        """Write it as most people get it."""
        template = library.standard(letter.kind)
        language = self.language(letter)
        return _words(
            self._rendered(template, language, self._about(letter, on_paper=on_paper)), language
        )

    def easy_read(self, letter: Letter, *, on_paper: bool = False) -> Words:
        """Write it in Easy Read, an idea a line."""
        template = library.easy_read(letter.kind)
        language = self.language(letter)
        source = self._rendered(template, language, self._about(letter, on_paper=on_paper))
        return _easy_words(source, language)

    def text_message(self, letter: Letter) -> str:
        """Write it as a text message."""
        template = library.text_message(letter.kind)
        said = self._rendered(template, self.language(letter), self._about(letter))
        return " ".join(said.translate(TYPOGRAPHIC).split())

    def script(self, letter: Letter) -> str:
        """Write what staff say, step by step. Staff read English, whatever they speak then."""
        said = self._rendered(library.script(letter.kind), ENGLISH, self._about(letter))
        steps = [line.strip() for line in said.splitlines() if line.strip()]
        return "".join(f"{number}. {step}\n" for number, step in enumerate(steps, start=1))

    def to_staff(self, kind: Kind, hub: Hub, values: Mapping[str, object]) -> Words:
        """Write an e-mail to staff."""
        template = self.library.template(library.standard(kind))
        return _words(template.render(hub=hub, **values), ENGLISH)

    def language(self, letter: Letter) -> str:
        """Return in which language the letter is written."""
        return self.library.language(letter.kind, letter.participant.language)

    def _about(self, letter: Letter, *, on_paper: bool = False) -> "About":
        seen = shown(letter)
        invitation = _of_nobody(seen.invitation) if seen.invitation else None
        seen = replace(seen, invitation=invitation, in_calendar=())
        return About(self._letterhead.hub(letter.message.hub), seen, on_paper)

    def _render(self, name: str, language: str, about: "About") -> str:
        return self.library.template(name, language).render(about.values())


@dataclass(frozen=True, slots=True)
class About:
    """What a template shows; it is the same for all who are told the same."""

    hub: Hub
    seen: Shown
    on_paper: bool

    def values(self) -> dict[str, object]:
        """Return it by the names that the templates use."""
        return {
            "hub": self.hub,
            "name": NAME,
            "link": LINK,
            "invitation": self.seen.invitation,
            "session": self.seen.due,
            "is_discreet": self.seen.is_discreet,
            "uses_interpreter": self.seen.uses_interpreter,
            "film": _film(self.seen),
            "on_paper": self.on_paper,
        }


def _of_nobody(invitation: Invitation) -> Invitation:
    """Return it without what tells it from the invitations of others, and no template shows."""
    return replace(
        invitation,
        id="",
        sequence=0,
        participant_id="",
        participant_reference="",
        engagement_id="",
        dropped=(),
        version=0,
    )


def _film(seen: Shown) -> Markdown | None:
    return Markdown(markdown.literal(markdown.one_line(seen.film))) if seen.film else None


@lru_cache(REMEMBERED)
def _words(source: str, language: str) -> Words:
    title, _, body = source.partition("\n")
    return Words(_subject(title), markdown.read(body), language)


@lru_cache(REMEMBERED)
def _easy_words(source: str, language: str) -> Words:
    title, _, body = source.partition("\n")
    found = [line for line in body.splitlines() if line.strip()]
    plain = "\n\n".join(markdown.without_picture(line) for line in found)
    lines = tuple(_lines(found))
    return Words(_subject(title), markdown.read(plain), language, lines)


def _subject(title: str) -> str:
    return markdown.plain(title.removeprefix(SUBJECT))


def _lines(found: list[str]) -> Iterator[Line]:
    for line in found:
        picture, words = markdown.picture_and_words(line)
        yield Line(picture, markdown.inline(words))
