"""Intake's composition root."""

from dataclasses import replace
from functools import partial

from fastapi import FastAPI

from services.intake import store
from services.intake.api import (
    PublisherDoor,
    add_problems,
    build_router,
    keys_router,
    publishers_router,
)
from services.intake.clients.ciphers import KeyedCipher
from services.intake.clients.keeping_publishers import keep_current
from services.intake.clients.letters import SealedLetters
from services.intake.clients.needs import known_needs, words_of_needs
from services.intake.clients.postcodes import PostcodeDirectory
from services.intake.clients.publishers import FilePublishers, StoredPublishers
from services.intake.clients.time_zones import known_time_zones
from services.intake.handlers import build_handlers
from services.intake.holdings import HOLDINGS, Opener, linked_by_handles
from services.intake.ports import Desk
from services.intake.retention import ENGAGEMENTS, PERIODS, ends, forgotten_when_due
from services.intake.settings import Settings, key_bytes
from services.intake.use_cases.ledgers import carry_over_ledgers
from services.intake.use_cases.staying_away import keep_out_of_words
from shared.facts import Facts
from shared.key_rotation import KeyRotation
from shared.keyring import Keyring
from shared.retention import Sweep, keep_periods
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the service; nothing is connected or read before it starts."""
    runtime = Runtime("intake", settings)
    places = PostcodeDirectory()
    stored, uses = store.MongoPublishers(runtime.database), store.MongoKeyUses(runtime.database)
    publishers = StoredPublishers(FilePublishers(settings.publishers_file), stored, uses)
    keyring = runtime.other_database(settings.keyring_database)
    masters = settings.master_keys()
    cipher = KeyedCipher(key_bytes(settings.fingerprint_key), key_bytes(settings.quarantine_key))
    exclusions = settings.exclusions
    desk = Desk(
        participants=store.MongoParticipants(runtime.database, exclusions, cipher),
        consents=store.MongoConsents(runtime.database),
        engagements=store.MongoEngagements(runtime.database),
        sessions=store.MongoSessions(runtime.database),
        attendances=store.MongoAttendances(runtime.database),
        feedbacks=store.MongoFeedbacks(runtime.database),
        outcomes=store.MongoOutcomes(runtime.database),
        submissions=store.MongoSubmissions(runtime.database),
        quarantine=store.MongoQuarantine(runtime.database),
        second_looks=store.MongoSecondLooks(runtime.database),
        erasure_cases=store.MongoErasureCases(runtime.database),
        places=places,
        needs=known_needs(),
        time_zones=known_time_zones(),
        keys=Keyring(keyring, masters),
        rotation=KeyRotation(keyring, masters),
        cipher=cipher,
        exclusions=exclusions,
        facts=Facts("intake"),
    )
    runtime.background(places.keep_warm)
    runtime.background(partial(keep_current, publishers))
    runtime.background(partial(carry_over_ledgers, desk, runtime))
    runtime.background(partial(keep_out_of_words, desk, runtime))
    router = build_router(desk, publishers, runtime, runtime.check_outbox)
    handlers = build_handlers(desk, publishers)
    keys = keys_router(desk, runtime, runtime.operator_door)
    holdings = replace(HOLDINGS, words=words_of_needs())
    held = runtime.holding(holdings, PERIODS, opened=Opener(desk), linked=linked_by_handles)
    shown = PublisherDoor(desk, runtime, publishers, stored, uses)
    setting = publishers_router(shown, runtime.operator_door)
    handlers.sealed_by(SealedLetters(key_bytes(settings.quarantine_key), desk, publishers))
    forgotten_when_due(handlers, desk, kept_days=settings.kept_left_days)
    keep_periods(runtime, handlers, settings, desk.facts, Sweep(PERIODS, ENGAGEMENTS, ends(desk)))
    app = runtime.app(handlers, indexes=store.INDEXES, routers=[router, keys, held, setting])
    add_problems(app)
    return app


def main() -> None:
    """Run intake until it is told to stop."""
    settings = Settings.read()
    FilePublishers(settings.publishers_file).load()
    serve(build_app, settings)


if __name__ == "__main__":
    main()
