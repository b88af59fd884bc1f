"""Scripts for whoever reads a letter onto a recording."""

import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from services.notification.clients.documents.passages import Form, Passage, passages

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+")
AT_THE_END = ".,;:!?)"
SIGNS = {
    ":": "colon", "/": "slash", ".": "dot", "-": "hyphen", "_": "underscore", "@": "at",
    "?": "question mark", "=": "equals", "#": "hash", "&": "ampersand", "%": "per cent",
    "+": "plus", "~": "tilde",
}  # fmt: skip
HOW = """\
SCRIPT FOR A RECORDING, to be read aloud in {language}

How to read
- What stands in square brackets is for you: do it, and do not read it aloud.
- Read slowly, in your ordinary voice. Add nothing, leave nothing out.
- Read names, dates, times and addresses exactly as they stand, and nothing shortened.
- Read telephone numbers and postcodes one character at a time.
- Record where nobody else hears. Who else may listen is for the person to say.
- Listen to the whole recording before it goes out. Then delete your own copy, and this script.

[BEGIN: wait two seconds. Say the date of today.]
"""
END = """
[PAUSE: three seconds. Say, in {language}: "That is the end of this message."]
[END: wait two seconds, then stop.]
"""
PAUSES = {
    Form.HEADING: "[PAUSE: three seconds]",
    Form.PARAGRAPH: "[PAUSE: two seconds]",
    Form.QUOTE: "[PAUSE: two seconds]",
    Form.ITEM: "[PAUSE: one second]",
    Form.LINE: "[PAUSE: one second]",
}


def audio_script(text: str, language: str) -> bytes:
    """Return the plain reading of a letter as a script in UTF-8, with directions in English."""
    name = _name(language)
    spoken = [line for each in passages(text) for line in _spoken(each)]
    return "\n".join([HOW.format(language=name), *spoken, END.format(language=name)]).encode()


def _name(language: str) -> str:
    try:
        return Locale.parse(language, sep="-").get_language_name("en") or language
    except (UnknownLocaleError, ValueError):
        return language


def _spoken(passage: Passage) -> Iterator[str]:
    yield PAUSES[passage.form]
    yield passage.words
    for found in ADDRESS.findall(passage.words):
        yield f"[SPELL, slowly and twice: {spelt(found.rstrip(AT_THE_END))}]"
    if passage.form is Form.HEADING:
        yield "[PAUSE: one second]"


def spelt(address: str) -> str:
    """Return an address of the internet as it is said, sign by sign."""
    return ", ".join(
        SIGNS.get(char) or (f"capital {char}" if char.isupper() else char) for char in address
    )
