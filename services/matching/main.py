"""Composes the matching service."""

from datetime import timedelta

from fastapi import FastAPI

from services.matching.domain.attendance import Attendance
from services.matching.domain.population import Population
from services.matching.domain.staff_changes import StaffChange
from services.matching.handlers import build_handlers
from services.matching.holdings import HOLDINGS
from services.matching.ports import Records
from services.matching.retention import ENGAGEMENTS, PERIODS, ends
from services.matching.settings import Settings
from services.matching.store import (
    INDEXES,
    MongoAttendances,
    MongoCandidates,
    MongoDraws,
    MongoEngagements,
    MongoMatches,
    MongoOpportunities,
    MongoStaffChanges,
    read_census,
)
from services.matching.use_cases.panels import Terms
from shared.exclusions import ExclusionKey
from shared.facts import Facts
from shared.mongo import Database
from shared.retention import Sweep, keep_periods
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the service, not yet connected to anything."""
    runtime = Runtime("matching", settings)
    terms = Terms(
        Population(read_census(), settings.hub_boroughs),
        second_look=timedelta(seconds=settings.second_look_seconds),
        limits=settings.limits,
        fading=settings.fading,
        drop_out=settings.drop_out,
    )
    records, facts = records_in(runtime.database, settings.exclusions), Facts("matching")
    handlers = build_handlers(records, facts, terms, gather_seconds=settings.gather_seconds)
    keep_periods(runtime, handlers, settings, facts, Sweep(PERIODS, ENGAGEMENTS, ends(records)))
    held = runtime.holding(HOLDINGS, PERIODS)
    return runtime.app(handlers, indexes=INDEXES, routers=[held])


def records_in(database: Database, key: ExclusionKey) -> Records:
    """Return all that matching keeps, in MongoDB."""
    return Records(
        candidates=MongoCandidates(database, key),
        engagements=MongoEngagements(database),
        matches=MongoMatches(database),
        opportunities=MongoOpportunities(database),
        draws=MongoDraws(database),
        changes=MongoStaffChanges(database, "staff_changes", StaffChange),
        attendances=MongoAttendances(database, "attendances", Attendance),
        exclusions=key,
    )


def main() -> None:
    """Run the service until it is told to stop."""
    serve(build_app, Settings.read())


if __name__ == "__main__":
    main()
