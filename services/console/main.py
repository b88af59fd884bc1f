"""The console's composition root."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.console.api import Options, Parts, build_routers, keep_accounts_current, protect
from services.console.handlers import build_handlers
from services.console.settings import Settings
from services.console.store import INDEXES, keep_findable, mongo_knowledge
from shared.facts import Facts
from shared.keyring import Keyring
from shared.links import Links
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the app; nothing connects before it starts."""
    runtime = Runtime("console", settings)
    known, facts = mongo_knowledge(runtime.database), Facts("console")
    options = Options(
        origin=settings.origin,
        secure_cookies=settings.secure_cookies,
        idle=timedelta(minutes=settings.idle_minutes),
        help_text=settings.help_text,
        named_before_yes=settings.named_before_yes_hubs,
    )
    parts = Parts(
        known=known,
        commits=runtime,
        opener=Keyring(runtime.other_database(settings.keyring_database), settings.keyring_master),
        links=Links(settings.link_key.get_secret_value()),
        facts=facts,
        options=options,
    )

    runtime.background(partial(keep_findable, runtime.database))
    runtime.background(partial(keep_accounts_current, settings.staff, parts))
    app = runtime.app(build_handlers(known, facts), indexes=INDEXES, routers=build_routers(parts))
    return protect(app, options)


def main() -> None:
    """Run the service."""
    serve(build_app, Settings.read())


if __name__ == "__main__":
    main()
