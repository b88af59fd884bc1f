"""Letters as files: on paper, in Easy Read, in Braille, or to be read onto a recording.

What makes the files takes a second to load, so this module is loaded with the first one needed.
"""

from dataclasses import replace
from typing import Literal

from services.notification.clients.documents import (
    Labels,
    Page,
    Step,
    audio_script,
    braille,
    easy_read,
)
from services.notification.clients.documents import letter as pdf_letter
from services.notification.clients.documents.pictures import PICTURES
from services.notification.clients.letters.blanks import Own
from services.notification.clients.letters.writer import Words, Writer
from services.notification.clients.wording import Saying, Wording
from services.notification.domain import Document, Format, Hub, Letter, Letterhead

PDF = ("application/pdf", "pdf")
BRF = ("application/x-brf", "brf")
SCRIPT = ("text/plain", "txt")

GRADES: dict[Format, Literal[1, 2]] = {Format.BRAILLE_1: 1, Format.BRAILLE_2: 2}


class Documents:
    """Makes the file of a letter that goes with a person's format."""

    def __init__(self, letterhead: Letterhead, writer: Writer) -> None:
        self._letterhead = letterhead
        self._writer = writer

    def attached(self, letter: Letter, words: Words, own: Own) -> Document:
        """Return the file that goes with an e-mail of these words, in Easy Read or in Braille."""
        form = letter.participant.format
        if form is Format.EASY_READ:
            return self._easy_read(letter, words, (), own)
        return self._braille(letter, words, own, GRADES[form])

    def posted(self, letter: Letter, address: tuple[str, ...], own: Own) -> Document:
        """Return the letter that goes by post."""
        form = letter.participant.format
        if form is Format.EASY_READ:
            words = self._writer.easy_read(letter, on_paper=True)
            return self._easy_read(letter, words, address, own)
        words = self._writer.standard(letter, on_paper=True)
        if form in GRADES:
            return self._braille(letter, words, own, GRADES[form])
        if form is Format.AUDIO:
            return self._audio(letter, words, own)
        return self._printed(letter, words, address, own)

    def _printed(
        self, letter: Letter, words: Words, address: tuple[str, ...], own: Own
    ) -> Document:
        page = self._page(letter, words, address, own)
        return Document(*PDF, pdf_letter(page))

    def _easy_read(
        self, letter: Letter, words: Words, address: tuple[str, ...], own: Own
    ) -> Document:
        say = self._wording(words).speech.say
        steps = [
            Step(
                picture=line.picture,
                words=own.in_html(line.words),
                is_heading=not line.picture,
                alternative=say(PICTURES[line.picture]) if line.picture else "",
            )
            for line in words.lines
        ]
        page = self._page(letter, words, address, own)
        return Document(*PDF, easy_read(page, steps))

    def _braille(self, letter: Letter, words: Words, own: Own, grade: Literal[1, 2]) -> Document:
        return Document(*BRF, braille(self._headed(letter, words, own), grade))

    def _audio(self, letter: Letter, words: Words, own: Own) -> Document:
        spoken = replace(own, link=self._heard_link(letter, words, own))
        script = audio_script(self._headed(letter, words, spoken), words.language)
        return Document(*SCRIPT, script)

    def _heard_link(self, letter: Letter, words: Words, own: Own) -> str:
        """Return what stands for the link, which nobody can take down by ear."""
        phone = self._letterhead.hub(letter.message.hub).phone
        return self._wording(words).speech.say(Saying.RING, phone=phone) if phone else own.link

    def _page(self, letter: Letter, words: Words, address: tuple[str, ...], own: Own) -> Page:
        hub = self._letterhead.hub(letter.message.hub)
        say = self._wording(words).speech.say
        return Page(
            title=own.in_text(words.subject),
            language=words.language,
            hub_name=hub.name,
            hub_lines=_lines(hub),
            address=address,
            date=self._date(letter, words),
            body=own.in_html(words.reading.html),
            point_size=letter.participant.point_size,
            link=own.link if letter.has_page else None,
            labels=Labels(
                page=say(Saying.PAGE, page="{page}", pages="{pages}"), code=say(Saying.CODE)
            ),
        )

    def _headed(self, letter: Letter, words: Words, own: Own) -> str:
        """Return the text of a letter below who writes and when."""
        hub = self._letterhead.hub(letter.message.hub)
        head = "\n".join((hub.name, *_lines(hub), self._date(letter, words)))
        return f"{head}\n\n{own.in_text(words.reading.text)}"

    def _date(self, letter: Letter, words: Words) -> str:
        return self._wording(words).day(letter.message.at)

    def _wording(self, words: Words) -> Wording:
        return self._writer.library.wording(words.language)


def _lines(hub: Hub) -> tuple[str, ...]:
    return tuple(line for line in (hub.staff_email, hub.phone) if line)
