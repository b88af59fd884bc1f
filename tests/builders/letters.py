"""Letters as they are sent, and what is read in them."""

from email.message import EmailMessage

from icalendar import Calendar

from services.notification.clients.letters import MarkdownComposer
from services.notification.domain import ONLY_CALLED, Kind, Letter
from shared.links import Links
from tests.builders.notification import LETTERHEAD, LINK_KEY, an_addressee

LINKS = Links(LINK_KEY)
COMPOSER = MarkdownComposer(LETTERHEAD, LINKS)
TO_PEOPLE = [kind for kind in Kind if not kind.startswith("staff") and kind not in ONLY_CALLED]


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def calendar_texts_of(mail: EmailMessage) -> list[str]:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [part.get_content() for part in parts]


def calendars_of(mail: EmailMessage) -> list[Calendar]:
    return [Calendar.from_ical(text) for text in calendar_texts_of(mail)]


def written(letter: Letter, **addressee: object) -> EmailMessage:
    return COMPOSER.email(letter, an_addressee(**addressee))
