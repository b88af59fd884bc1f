"""The templates, in each language that all of a message has a reviewed translation of."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, meta, nodes
from jinja2.ext import extract_from_ast

from services.notification.clients import markdown, wording
from services.notification.clients.letters.catalogues import reviewed
from services.notification.clients.letters.sayings import Sayings, in_markdown
from services.notification.clients.wording import CREDITS, Saying, Wording
from services.notification.domain import ENGLISH, ONLY_CALLED, Kind

SERVICE = Path(__file__).parent.parent.parent
TEMPLATES = SERVICE / "templates"
SHIPPED = SERVICE / "locale"
SAYS = ("_", "ngettext")

Text = str | tuple[str, str]
"""A message in English; a plural has one and many."""

STAFF_KINDS = frozenset(kind for kind in Kind if kind.startswith("staff"))
WRITTEN_KINDS = frozenset(Kind) - STAFF_KINDS - ONLY_CALLED
"""What is written to participants, in every form."""


def standard(kind: Kind) -> str:
    """Name the template of the letter as most people get it, which is also the staff's e-mail."""
    return f"{kind}.md"


def easy_read(kind: Kind) -> str:
    """Name the template in Easy Read."""
    return f"easy/{kind}.md"


def text_message(kind: Kind) -> str:
    """Name the template of the text message."""
    return f"sms/{kind}.txt"


def script(kind: Kind) -> str:
    """Name the template of what staff say on the telephone."""
    return f"script/{kind}.txt"


class Library:
    """Templates by name and language. Staff read and speak English, whoever they tell."""

    def __init__(self, locale_folder: Path | None = None) -> None:
        self._catalogues = reviewed(locale_folder or SHIPPED)
        self._loader = FileSystemLoader(TEMPLATES)
        self._wording = cache(self._new_wording)
        self._environment = cache(self._new_environment)
        self._template = cache(self._new_template)
        self.is_translated = cache(self._is_translated)
        self._know_what_is_translated()

    def language(self, kind: Kind, wanted: str) -> str:
        """Return in which language to write: the one that is wanted, or all of it in English."""
        return wanted if self.is_translated(kind, wanted) else ENGLISH

    def wording(self, language: str) -> Wording:
        """Return how the language says times, money and places."""
        return self._wording(language)

    def template(self, name: str, language: str = ENGLISH) -> Template:
        """Return a template that speaks the language."""
        return self._template(name, language)

    def _know_what_is_translated(self) -> None:
        """Work it out now, and not while somebody waits for a letter."""
        for language in self._catalogues:
            for kind in WRITTEN_KINDS:
                self.is_translated(kind, language)

    def _is_translated(self, kind: Kind, language: str) -> bool:
        if language == ENGLISH or kind not in WRITTEN_KINDS:
            return True
        catalogue = self._catalogues.get(language)
        return catalogue is not None and all(catalogue.has(_key(each)) for each in said_by(kind))

    def _new_wording(self, language: str) -> Wording:
        return Wording(language, Sayings(self._catalogues[language]))

    def _new_template(self, name: str, language: str) -> Template:
        return self._environment(language, name.partition(".")[2]).get_template(name)

    def _new_environment(self, language: str, ending: str) -> Environment:
        catalogue, words = self._catalogues[language], self.wording(language)
        if ending != "md":
            return _environment(self._loader, markdown.one_line, Sayings(catalogue), words)
        shown = markdown.isolated if words.direction == "rtl" else markdown.neutral
        made = _environment(self._loader, shown, in_markdown(catalogue, shown), words)
        made.filters["quoted"] = partial(markdown.quoted, shown=shown)
        return made


def said_by(kind: Kind) -> frozenset[Text]:
    """Return all that a message to a participant says, in whichever form it is written."""
    forms = (standard(kind), easy_read(kind), text_message(kind))
    return frozenset(each for form in forms for each in _said_in(form)) | _said_everywhere()


def every_text() -> dict[str, frozenset[Text]]:
    """Return what is said in words of a language, by where."""
    forms = (standard, easy_read, text_message)
    names = {name for kind in WRITTEN_KINDS for form in forms for name in _parts(form(kind))}
    found = {name: _texts(name) for name in names}
    return {**found, "wording": _said_everywhere()}


@cache
def _said_everywhere() -> frozenset[Text]:
    """Return what stands in no template: times, places, and what pictures of Easy Read show."""
    from services.notification.clients.documents.pictures import PICTURES  # noqa: PLC0415 - slow to load

    return frozenset({*Saying, CREDITS, *PICTURES.values()})


def _environment(
    loader: FileSystemLoader, finalize: Callable[[object], str], speech: Sayings, words: Wording
) -> Environment:
    made = Environment(  # noqa: S701 - no HTML: `finalize` makes every value words
        loader=loader,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.update({"_": speech.say, "ngettext": speech.count})
    made.filters.update(_filters(words))
    return made


def _filters(words: Wording) -> dict[str, Callable[..., object]]:
    return {
        "day": words.day,
        "clock": words.clock,
        "span": words.span,
        "times": words.times,
        "place": words.place,
        "access": words.access,
        "money": words.money,
        "credits": words.credits_,
        "hours": wording.hours,
        "odds": words.odds,
    }


def _key(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


def _said_in(name: str) -> Iterator[Text]:
    for part in _parts(name):
        yield from _texts(part)


def _parts(name: str) -> Iterator[str]:
    """Yield the template and what it includes."""
    yield name
    for included in meta.find_referenced_templates(_parsed(name)):
        yield from _parts(str(included))


@cache
def _texts(name: str) -> frozenset[Text]:
    found = extract_from_ast(_parsed(name), SAYS)
    return frozenset(_text(message) for _, _, message in found)


def _text(message: str | tuple[str | None, ...] | None) -> Text:
    """Return a message as it was found: values that go with it are found as None."""
    found = message if isinstance(message, tuple) else (message,)
    match [each for each in found if each is not None]:
        case [only]:
            return only
        case [one, many]:
            return one, many
    raise ValueError("a template says something that is not written out in it")


def _parsed(name: str) -> nodes.Template:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    return Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True).parse(source)  # noqa: S701 - read, not rendered
