"""Bank holidays as GOV.UK publishes them, from the copy that the package ships: no network."""

from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays as Published

from services.scheduling.domain.calendar import BankHolidays


def bank_holidays() -> BankHolidays:
    """Return the bank holidays of England, known to the end of the last year published."""
    published = Published(use_cached_holidays=True)
    days = {each["date"] for each in published.get_holidays(Published.ENGLAND_AND_WALES)}
    return BankHolidays(frozenset(days), date(max(days).year, 12, 31))
