"""Until when a person's request for a copy of what is held on them is to be answered.

One calendar month from the day it was received, whatever day that is: the same date of the next
month, or its last day where it is shorter; the next working day where that one is none. (ICO, "How
long do we have to comply?" in the guide to the right of access; UK GDPR, Article 12(3).)
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

from shared.calendars import LONDON

SATURDAY = 5
MONTHS = 12


def today(now: datetime) -> date:
    """Return the day that it is where requests are received."""
    return now.astimezone(LONDON).date()


def answer_due(received: date, holidays: Collection[date]) -> date:
    """Return the last day on which a request may be answered."""
    year, month = divmod(received.year * MONTHS + received.month, MONTHS)
    last = monthrange(year, month + 1)[1]
    due = date(year, month + 1, min(received.day, last))
    while due.weekday() >= SATURDAY or due in holidays:
        due += timedelta(days=1)
    return due


@cache
def bank_holidays() -> frozenset[date]:
    """Return those of England, from the package's own copy of what GOV.UK publishes."""
    published = BankHolidays(use_cached_holidays=True)
    days = published.get_holidays(BankHolidays.ENGLAND_AND_WALES)
    return frozenset(each["date"] for each in days)
