"""Composition root of scheduling: `python -m services.scheduling.main`."""

from fastapi import FastAPI

from services.scheduling.clients import bank_holidays
from services.scheduling.domain.slots import Rules
from services.scheduling.handlers import build_handlers
from services.scheduling.settings import (
    Settings,
    read_access_rules,
    read_hubs,
    read_school_holidays,
)
from services.scheduling.store import INDEXES, mongo_diary
from shared.facts import Facts
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the app; nothing connects before it starts."""
    runtime = Runtime("scheduling", settings)
    rules = Rules(
        hubs=read_hubs(settings.venues_file),
        access=read_access_rules(settings.needs_file),
        holidays=bank_holidays(),
        least_present=settings.least_present,
        contact=settings.contact,
        school_holidays=read_school_holidays(settings.school_terms_file),
        plan_seconds=settings.plan_seconds,
    )
    handlers = build_handlers(mongo_diary(runtime.database), rules, Facts("scheduling"))
    return runtime.app(handlers, indexes=INDEXES)


def main() -> None:
    """Run scheduling until it is told to stop."""
    serve(build_app, Settings())


if __name__ == "__main__":
    main()
