"""Every form that a message is written in, and all that can be read in it."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

from services.notification.clients.letters import MarkdownComposer
from services.notification.domain import ContactPreference, Letter
from services.notification.domain.people import FORMATS, POINT_SIZES, Format
from tests.builders.letters import COMPOSER
from tests.builders.notification import an_addressee
from tests.builders.pdf_structure import TaggedPdf

NEED_OF = {form: need for need, form in reversed(FORMATS.items())}
LARGE = {points: need for need, points in POINT_SIZES.items()}
TO = an_addressee(
    mobile="+447700900123", address=("12 High Road", "London W5 2AB"), display_name="Asha Patel"
)


def in_format(letter: Letter, form: Format, *, points: int = 14) -> Letter:
    needs = (NEED_OF.get(form), LARGE.get(points), *letter.participant.needs)
    person = replace(letter.participant, needs=tuple(need for need in needs if need))
    return replace(letter, participant=person)


def discreet(letter: Letter) -> Letter:
    wish = ContactPreference(discreet=True)
    return replace(letter, participant=replace(letter.participant, preference=wish))


def every_form(letter: Letter, by: MarkdownComposer = COMPOSER) -> Iterator[tuple[str, str]]:
    """Yield the name of each form and all that is to be read in it."""
    for form in Format:
        formed = in_format(letter, form)
        yield f"e-mail, {form}", read_in_mail(by.email(formed, TO))
        yield f"letter, {form}", read_in_file(by.postal(formed, TO).document.content)
    yield "text message", by.text_message(letter, TO).words
    yield "script", by.script(letter)


def read_in_mail(mail: EmailMessage) -> str:
    """Return the headers and the parts, decoded, and what files say."""
    found = [f"{name}: {value}" for part in mail.walk() for name, value in part.items()]
    for part in mail.walk():
        content = None if part.is_multipart() else part.get_content()
        found.append(content if isinstance(content, str) else read_in_file(content or b""))
    return "\n".join(found)


def read_in_file(content: bytes) -> str:
    if not content.startswith(b"%PDF"):
        return content.decode()
    reading = TaggedPdf(content)
    told = " ".join(element.alternative for element in reading.elements)
    return f"{reading.words}\n{told}\n{content.decode('latin-1')}"
