"""Composition root of scheduling: `python -m services.scheduling.main`."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.scheduling.clients import HttpCalendars, bank_holidays
from services.scheduling.domain.planning.slots import Rules
from services.scheduling.handlers import build_handlers, keep_asking, read_when_due
from services.scheduling.holdings import HOLDINGS
from services.scheduling.retention import ENGAGEMENTS, PERIODS, ends
from services.scheduling.settings import (
    Settings,
    read_access_rules,
    read_addresses,
    read_hubs,
    read_school_holidays,
)
from services.scheduling.store import INDEXES, mongo_diary
from services.scheduling.use_cases.reading_calendars import ask_for_readings
from shared.facts import Facts
from shared.retention import Sweep, keep_periods
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the app; nothing connects before it starts."""
    runtime = Runtime("scheduling", settings)
    hubs = read_hubs(settings.venues_file)
    rules = Rules(
        hubs=hubs,
        access=read_access_rules(settings.needs_file),
        holidays=bank_holidays(),
        least_present=settings.least_present,
        contact=settings.contact,
        exclusions=settings.exclusions,
        quorum=settings.quorum,
        school_holidays=read_school_holidays(settings.school_terms_file),
        plan_seconds=settings.plan_seconds,
    )
    diary, facts = mongo_diary(runtime.database, settings.exclusions), Facts("scheduling")
    handlers = build_handlers(diary, rules, facts)
    calendars = HttpCalendars(read_addresses(settings.calendars_file, hubs))
    every = timedelta(minutes=settings.calendar_minutes)
    read_when_due(handlers, calendars, diary, facts, every=every)
    ask = partial(ask_for_readings, calendars, diary, facts, every=every)
    runtime.background(partial(keep_asking, ask, runtime, facts, every=every))
    noted = ends(diary, facts, kept_days=settings.kept_engagement_days)
    keep_periods(runtime, handlers, settings, facts, Sweep(PERIODS, ENGAGEMENTS, noted))
    held = runtime.holding(HOLDINGS, PERIODS)
    return runtime.app(handlers, indexes=INDEXES, routers=[held])


def main() -> None:
    """Run scheduling until it is told to stop."""
    serve(build_app, Settings.read())


if __name__ == "__main__":
    main()
