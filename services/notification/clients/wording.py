"""Times, money and places in words: plain English as people in London say it, or another language.

Another language has its own dates, times and money from the CLDR, by Babel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from services.notification.domain import ENGLISH, InvitedSession, Venue
from shared.odds import odds

LONDON = ZoneInfo("Europe/London")


class Saying(StrEnum):
    """What is said here in words of a language, with its values by name."""

    SPAN = "%(start)s to %(end)s"
    SPAN_OF_DAYS = "%(start)s to %(end)s, %(day)s"
    DAY_AND_SPAN = "%(day)s, %(times)s"
    ONLINE = "Online. You do not need to travel."
    ODDS = "%(few)s in %(many)s"
    ENTRY = "%(hub)s session"
    ENTRY_LINK = "See your answer, or change it: %(link)s"
    FOOTER = "You get this e-mail from %(hub)s."
    PAGE = "Page %(page)s of %(pages)s"
    CODE = "QR code that opens the address beside it."
    RING = "Ring us on %(phone)s."
    STEP_FREE = "step-free access"
    HEARING_LOOP = "hearing loop"
    LOW_NOISE = "low noise"
    ADJUSTABLE_LIGHT = "adjustable light"
    ACCESSIBLE_TOILET = "accessible toilet"


CREDITS = ("%(count)s time credit", "%(count)s time credits")
"""One of them, and more."""

ACCESS: Mapping[str, Saying] = {
    each.replace("-", " "): each
    for each in (
        Saying.STEP_FREE,
        Saying.HEARING_LOOP,
        Saying.LOW_NOISE,
        Saying.ADJUSTABLE_LIGHT,
        Saying.ACCESSIBLE_TOILET,
    )
}
"""Features of venues by the words for them. What a hub adds is shown as the hub writes it."""


class Speech(Protocol):
    """Says things in one language."""

    def say(self, message: str, /, **values: object) -> str:
        """Return a message with its values; they are shown letter by letter."""
        ...

    def count(self, one: str, many: str, number: float, /, **values: object) -> str:
        """Return the message that goes with a number, which it may show as `num`."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language says times, money and places."""

    language: str
    speech: Speech
    _locale: Locale = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_locale", Locale.parse(self.language))

    @property
    def direction(self) -> str:
        """Whether it is written from left to right, `ltr`, or `rtl`."""
        return str(self._locale.text_direction)

    @property
    def tag(self) -> str:
        """The language as web pages and headers name it."""
        return "en-GB" if self.language == ENGLISH else self.language

    def day(self, moment: datetime) -> str:
        """Tuesday 3 March 2026."""
        local = moment.astimezone(LONDON)
        if self.language != ENGLISH:
            return format_date(local.date(), "full", locale=self._locale)
        return f"{local:%A} {local.day} {local:%B %Y}"

    def clock(self, moment: datetime) -> str:
        """10:00am."""
        local = moment.astimezone(LONDON)
        if self.language != ENGLISH:
            return format_time(local.time(), "short", locale=self._locale)
        if (local.hour, local.minute) in {(0, 0), (12, 0)}:
            return "midday" if local.hour else "midnight"
        return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon

    def span(self, session: InvitedSession) -> str:
        """10:00am to 11:30am."""
        start, end = self.clock(session.starts_at), self.clock(session.ends_at)
        if _date(session.starts_at) == _date(session.ends_at):
            return self.speech.say(Saying.SPAN, start=start, end=end)
        day = self.day(session.ends_at)
        return self.speech.say(Saying.SPAN_OF_DAYS, start=start, end=end, day=day)

    def times(self, session: InvitedSession) -> str:
        """Tuesday 3 March 2026, 10:00am to 11:30am."""
        day, times = self.day(session.starts_at), self.span(session)
        return self.speech.say(Saying.DAY_AND_SPAN, day=day, times=times)

    def place(self, venue: Venue) -> str:
        """Name the venue with its address, the postcode once."""
        if venue.online:
            return self.speech.say(Saying.ONLINE).removesuffix(".")
        parts = [venue.name, venue.address]
        if venue.postcode and venue.postcode not in venue.address:
            parts.append(venue.postcode)
        return ", ".join(part for part in parts if part)

    def access(self, venue: Venue) -> str:
        """List what the venue offers, in words."""
        return ", ".join(self._feature(each) for each in venue.access)

    def money(self, pounds: float) -> str:
        """£15, or £22.50."""
        if self.language != ENGLISH:
            return format_currency(pounds, "GBP", locale=self._locale)
        return f"£{pounds:,.2f}".removesuffix(".00")

    def credits_(self, count: float) -> str:
        """1 time credit, or 2.5 time credits."""
        shown = f"{count:g}"
        if self.language != ENGLISH:
            shown = format_decimal(count, locale=self._locale)
        return self.speech.count(*CREDITS, count, count=shown)

    def odds(self, chance: float) -> str:
        """12 in 100."""
        few, _, many = odds(chance).partition(" in ")
        return self.speech.say(Saying.ODDS, few=few, many=many)

    def _feature(self, name: str) -> str:
        known = ACCESS.get(name.replace("_", " ").replace("-", " "))
        return self.speech.say(known) if known else name.replace("_", " ").replace("-", " ")


def hours(session: InvitedSession) -> float:
    """Return how long a session lasts."""
    return (session.ends_at - session.starts_at).total_seconds() / 3600


def _date(moment: datetime) -> object:
    return moment.astimezone(LONDON).date()
