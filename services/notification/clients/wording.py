"""Times, money and places in plain English, as people in London say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.notification.domain import InvitedSession, Venue

LONDON = ZoneInfo("Europe/London")


def day(moment: datetime) -> str:
    """Tuesday 3 March 2026."""
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y}"


def clock(moment: datetime) -> str:
    """10:00am."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return "midday" if local.hour else "midnight"
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def times(session: InvitedSession) -> str:
    """Tuesday 3 March 2026, 10:00am to 11:30am."""
    start = f"{day(session.starts_at)}, {clock(session.starts_at)}"
    ends_same_day = day(session.starts_at) == day(session.ends_at)
    end = clock(session.ends_at)
    return f"{start} to {end}" if ends_same_day else f"{start} to {end}, {day(session.ends_at)}"


def place(venue: Venue) -> str:
    """Name the venue with its address, the postcode once."""
    if venue.online:
        return "Online. You do not need to travel"
    parts = [venue.name, venue.address]
    if venue.postcode and venue.postcode not in venue.address:
        parts.append(venue.postcode)
    return ", ".join(part for part in parts if part)


def access(venue: Venue) -> str:
    """List what the venue offers, in words."""
    return ", ".join(feature.replace("_", " ").replace("-", " ") for feature in venue.access)


def money(pounds: float) -> str:
    """£15, or £22.50."""
    return f"£{pounds:,.2f}".removesuffix(".00")


def credits_(count: float) -> str:
    """1 time credit, or 2.5 time credits."""
    return f"{count:g} time credit{'' if count == 1 else 's'}"


def hours(session: InvitedSession) -> float:
    """Return how long a session lasts."""
    return (session.ends_at - session.starts_at).total_seconds() / 3600
