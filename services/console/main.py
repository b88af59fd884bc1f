"""The console's composition root."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.console.api import Options, Parts, build_routers, keep_accounts_current, protect
from services.console.clients.dead_letters import BrokerDeadLetters
from services.console.clients.openid import OpenIdProvider
from services.console.handlers import build_handlers
from services.console.holdings import HOLDINGS
from services.console.retention import ENGAGEMENTS, PERIODS, ends
from services.console.settings import OneTimeCodesWanted, Settings
from services.console.store import INDEXES, keep_findable, mongo_knowledge
from services.console.store.heads import tell_head
from services.console.store.news import MongoNews
from services.console.use_cases.live import LiveFeed
from services.console.use_cases.own_keys import OwnKeys
from services.console.use_cases.quota_answers import keep_set_apart
from shared.facts import Facts
from shared.keyring import Keyring
from shared.links import Links
from shared.permits import Permits
from shared.retention import Sweep, keep_periods
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the app; nothing connects before it starts."""
    runtime = Runtime("console", settings)
    known, facts = mongo_knowledge(runtime.database), Facts("console")
    options = Options(
        origin=settings.origin,
        secure_cookies=settings.secure_cookies,
        idle=timedelta(minutes=settings.idle_minutes),
        undo=timedelta(seconds=settings.undo_seconds),
        help_text=settings.help_text,
        kept_left_days=settings.kept_left_days,
        named_before_yes=settings.named_before_yes_hubs,
        codes_required=settings.one_time_codes is OneTimeCodesWanted.REQUIRED,
    )
    secret = settings.link_key.get_secret_value()
    parts = Parts(
        known=known,
        commits=runtime,
        opener=Keyring(runtime.other_database(settings.keyring_database), settings.master_keys()),
        links=Links(secret),
        keys=OwnKeys(secret),
        permits=Permits(settings.permit_key.get_secret_value()),
        facts=facts,
        options=options,
        provider=_provider(settings),
        dead_letters=BrokerDeadLetters(runtime.bus.depths),
        live=LiveFeed(),
    )

    runtime.background(partial(keep_findable, runtime.database))
    runtime.background(partial(keep_set_apart, known, runtime, facts))
    runtime.background(partial(tell_head, known.chain))
    runtime.background(partial(keep_accounts_current, settings.staff, parts))
    runtime.background(partial(parts.live.follow, MongoNews(runtime.database)))
    runtime.when_ending(parts.live.end)
    handlers = build_handlers(known, facts)
    keep_periods(runtime, handlers, settings, facts, Sweep(PERIODS, ENGAGEMENTS, ends(known)))
    routers = [*build_routers(parts), runtime.holding(HOLDINGS, PERIODS)]
    app = runtime.app(handlers, indexes=INDEXES, routers=routers)
    return protect(app, options)


def _provider(settings: Settings) -> OpenIdProvider | None:
    if not (settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret):
        return None
    return OpenIdProvider(
        name=settings.oidc_name,
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        claim=settings.oidc_claim,
    )


def main() -> None:
    """Run the service."""
    serve(build_app, Settings.read())


if __name__ == "__main__":
    main()
