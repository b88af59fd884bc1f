"""How facts are said to people: times, money, chances, statuses."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers

from services.console.api.words.boards import NEEDED
from services.console.api.words.needs import ASKED_NEEDS, INFORMATION, NEEDS, SKILLS
from services.console.api.words.reach import ANSWERS, CAUSES, FEATURES, NONE, NOT_GIVEN
from shared.contracts.engagements import Payment
from shared.languages import LANGUAGES

LONDON = ZoneInfo("Europe/London")
NOON = 12
TWICE = 2

STATUS: Mapping[str, tuple[str, str]] = {
    "proposed": ("Waits for a decision", "yellow"),
    "short": ("Short of people", "orange"),
    "approved": ("Approved", "green"),
    "sent_back": ("Sent back", "grey"),
    "cancelled": ("Cancelled", "red"),
    "announced": ("Announced", "green"),
    "unscheduled": ("No time or place yet", "orange"),
    "invited": ("No answer yet", "yellow"),
    "accepted": ("Coming", "green"),
    "declined": ("Not coming", "grey"),
    "withdrawn": ("Withdrew", "grey"),
    "another_time": ("Wants another time", "blue"),
    "expired": ("Did not answer in time", "grey"),
    "queued": ("Waiting to go", "yellow"),
    "sent": ("Sent", "green"),
    "delivered": ("Delivered", "green"),
    "failed": ("Failed", "red"),
    "to_call": ("To call", "orange"),
    "open": ("Open", "green"),
    "panel": ("Drawn", "green"),
    "reserve": ("Reserve", "blue"),
    "not_drawn": ("Not drawn", "grey"),
    "active": ("Takes part", "green"),
    "left": ("Has left", "grey"),
    "erased": ("Asked to be forgotten", "grey"),
}
"""Each status in words, and the colour of its tag (never the colour alone)."""

CHANGES: Mapping[str, str] = {
    "pin": "Put on the panel",
    "ask_again": "Put back in the draw",
    "exclude": "Left out",
}
"""What staff want of a person, in words."""

LEFT_OUT: Mapping[str, str] = {
    "conflict_of_interest": "conflict of interest",
    "already_involved": "already involved with this partner",
    "not_now": "asked not to be contacted now",
    "safety": "safety",
}
"""Why somebody is left out, in words."""

CHANNELS: Mapping[str, str] = {
    "email": "E-mail",
    "sms": "Text message",
    "phone": "Phone",
    "letter": "Letter",
    "call": "Call",
}
BECAME: Mapping[str, str] = {
    "failed": "failed",
    "sent": "was not answered",
    "delivered": "was not answered",
    "to_call": "was not made",
}
FORMS: Mapping[str, str] = {
    "sms": "Text message",
    "easy_read": "Easy Read",
    "audio": "Script for an audio recording",
    "script": "What staff say on the telephone",
}
FROM_TO = re.compile(r"(?<=\d)-(?=\d)")

HINDRANCES: Mapping[str, str] = {
    "time": "not free at that time of the week",
    "away": "away, or in the school holidays",
    "elsewhere": "at another session",
    "place": "too far to travel, and cannot join from home",
}


OWN_PURPOSES: Mapping[str, str] = {
    "involvement": "To take part: to be asked, and written to",
    "monitoring": "To see if we reach everybody: your answers about equality",
    "needs-sharing": "To tell others what you need, such as a venue",
}


def day(value: date) -> str:
    """Say a day: Tuesday 3 March 2026."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def clock(value: datetime) -> str:
    """Say a time of day in London: 10:00am."""
    local = value.astimezone(LONDON)
    return f"{(local.hour - 1) % NOON + 1}:{local:%M}{'am' if local.hour < NOON else 'pm'}"


def exact(value: datetime) -> str:
    """Say a time of day in London to the second: 10:02:15am."""
    said = clock(value)
    return f"{said[:-2]}:{value:%S}{said[-2:]}"


def hour(value: time) -> str:
    """Say a time of day: 9am, 5:30pm."""
    minutes = f":{value:%M}" if value.minute else ""
    return f"{(value.hour - 1) % NOON + 1}{minutes}{'am' if value.hour < NOON else 'pm'}"


def moment(value: datetime) -> str:
    """Say a point in time in London."""
    return f"{day(value.astimezone(LONDON).date())}, {clock(value)}"


def day_of(value: datetime) -> str:
    """Say the day, in London, of a point in time."""
    return day(value.astimezone(LONDON).date())


def span(start: datetime, end: datetime) -> str:
    """Say from when to when."""
    return f"{moment(start)} to {clock(end)}"


def chance(value: float) -> str:
    """Say a chance of 0 to 1 in percent; a small one is not rounded to nothing."""
    percent = 100 * value
    if 0 < percent < 1:
        return "under 1%"
    return f"{percent:.0f}%"


def times(factor: float) -> str:
    """Say how many times as much: twice, 1.5 times."""
    return "twice" if factor == TWICE else f"{factor:g} times"


def pay(payment: Payment) -> str:
    """Say what is offered."""
    said = []
    if payment.gbp_per_hour:
        said.append(f"£{payment.gbp_per_hour:.2f} an hour".replace(".00", ""))
    if payment.time_credits:
        unit = "time credit" if payment.time_credits == 1 else "time credits"
        said.append(f"{payment.time_credits:g} {unit} an hour")
    return " or ".join(said) or "This is not paid."


@lru_cache(maxsize=2_000)
def plain(name: str) -> str:
    """Turn a name of the system's into words: age_band, staff-match; 16-24 is 16 to 24."""
    return sentence(FROM_TO.sub(" to ", name).replace("_", " ").replace("-", " "))


def channel(name: str) -> str:
    """Say by which channel."""
    return CHANNELS.get(name, plain(name))


def form(name: str) -> str:
    """Say in which form a message is looked at."""
    return FORMS.get(name) or CHANNELS.get(name, plain(name))


def value_of(value: str, of: str) -> str:
    """Say a value of a feature of people: a channel, a need, an answer."""
    if not value:
        return NONE.get(of, NOT_GIVEN)
    if of == "channel":
        return channel(value)
    if of == "need":
        return need(value)
    return ANSWERS.get((of, value)) or (value if of == "borough" else plain(value))


def feature(name: str) -> str:
    """Head a table of a feature."""
    return FEATURES[name]


def month(day: date) -> str:
    """Write a month as a form takes it: 2026-04."""
    return f"{day:%Y-%m}"


def month_name(day: date) -> str:
    """Say a month: November 2026."""
    return f"{day:%B %Y}"


def cause(name: str) -> str:
    """Say why a month stands out."""
    return CAUSES[name]


def needed(name: str) -> str:
    """Say what the sessions of a column of the board need."""
    return NEEDED[name]


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    text = text.strip()
    return text[:1].upper() + text[1:]


def status(name: str) -> str:
    """Say a status."""
    return STATUS.get(name, (plain(name), "grey"))[0]


def became(name: str) -> str:
    """Say what became of a message in whose place another one came."""
    return BECAME.get(name, "did not reach them")


def hindrance(name: str) -> str:
    """Say why somebody cannot come."""
    return HINDRANCES[name]


def change(name: str) -> str:
    """Say what staff want of a person."""
    return CHANGES[name]


def left_out(reason: str) -> str:
    """Say why somebody is left out."""
    return LEFT_OUT[reason]


def colour(name: str) -> str:
    """Name the colour of a status tag."""
    return STATUS.get(name, ("", "grey"))[1]


def need(code: str) -> str:
    """Say a need or an access feature; a code without words stays a code."""
    return NEEDS.get(code) or (f"Code {code}" if code.isdigit() else plain(code))


def skill(name: str) -> str:
    """Say what a professional does, or what a venue has."""
    if name.startswith("language:"):
        code = name.removeprefix("language:")
        return f"{LANGUAGES.get(code, code)} interpreter"
    return SKILLS.get(name, plain(name))


def asked_need(code: str) -> str:
    """Say a need as the person who has it would."""
    return ASKED_NEEDS.get(code) or INFORMATION.get(code) or need(code)


def period(name: str) -> str:
    """Say a period that a figure is of: March 2027; what is no month stays as it is."""
    try:
        return f"{date.fromisoformat(f'{name}-01'):%B %Y}"
    except ValueError:
        return name


def own_purpose(name: str) -> str:
    """Say to a person what they agreed to, by the name of its purpose."""
    return OWN_PURPOSES.get(name, plain(name))


def language(code: str) -> str:
    """Say a language; a code without a name stays a code."""
    return LANGUAGES.get(code, code)


def hub(name: str) -> str:
    """Say a hub: West London."""
    return name.replace("-", " ").title()


def telephone(number: str) -> str:
    """Say an E.164 number as people in this country write it."""
    parsed = phonenumbers.parse(number, "GB")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
