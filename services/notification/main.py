"""Composes the notification service."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.notification.clients.addresses import KeyringAddresses
from services.notification.clients.bounces import BounceDoor
from services.notification.clients.documents.braille import require_liblouis
from services.notification.clients.failover import FailOver
from services.notification.clients.letters import MarkdownComposer, MarkdownPreviews
from services.notification.clients.mail_folder import MailFolder
from services.notification.clients.notify import NotifyLetters, NotifyTexts
from services.notification.clients.notify_api import NotifyAccount, NotifyApi
from services.notification.clients.print_folder import PrintFolder
from services.notification.clients.return_paths import ReturnPaths
from services.notification.clients.smtp import SmtpMailer, SmtpServer
from services.notification.clients.webhook import Hook, WebhookHook
from services.notification.domain import Bounced, Channel
from services.notification.handlers import build_handlers
from services.notification.holdings import HOLDINGS
from services.notification.ports import Carrier, Keepsakes
from services.notification.retention import PERIODS, beside
from services.notification.settings import Settings
from services.notification.settings.providers import NotifySettings, SmtpSettings
from services.notification.store import INDEXES, MongoRecords
from services.notification.use_cases.post import Post
from services.notification.use_cases.receipts import hear_of_mail
from shared.facts import Facts
from shared.keyring import Keyring
from shared.links import Links
from shared.retention import Sweep, keep_periods
from shared.runtime import Runtime, serve

Apis = Mapping[str, NotifyApi]


def build_app(settings: Settings) -> FastAPI:
    """Return the service, not yet connected to anything."""
    runtime = Runtime("notification", settings)
    paths = _return_paths(settings)
    mailer = _mailer(settings, paths)
    runtime.background(mailer.tidy)
    require_liblouis()
    apis = {each.name: _notify(each) for each in settings.notify}
    hook = WebhookHook(_hooks(settings), settings.letterhead.public_url)
    post = _post(settings, runtime, mailer, hook, apis)
    runtime.background(partial(_kept_open, hook, apis))
    if paths and settings.bounce_port:
        door = _door(settings, paths, post, runtime)
        runtime.background(door.run)
    handlers = build_handlers(post)
    sweep = Sweep(PERIODS, beside=beside(post.keepsakes))
    keep_periods(runtime, handlers, settings, post.facts, sweep)
    held = runtime.holding(HOLDINGS, PERIODS)
    return runtime.app(handlers, indexes=INDEXES, routers=[held])


async def _kept_open(hook: WebhookHook, apis: Apis) -> None:
    """Hold what others are spoken to with until the service stops."""
    try:
        await asyncio.Event().wait()
    finally:
        for api in apis.values():
            api.close()
        await hook.aclose()


def _hooks(settings: Settings) -> dict[str, Hook]:
    return {
        hub: Hook(str(each.url), each.secret.get_secret_value())
        for hub, each in settings.hooks.items()
    }


def _post(
    settings: Settings, runtime: Runtime, mailer: SmtpMailer, hook: WebhookHook, apis: Apis
) -> Post:
    keyring = Keyring(runtime.other_database(settings.keyring_database), settings.master_keys())
    links = Links(settings.link_key.get_secret_value())
    facts, letterhead = Facts("notification"), settings.letterhead
    return Post(
        records=MongoRecords(runtime.database),
        addresses=KeyringAddresses(keyring),
        composer=MarkdownComposer(letterhead, links, locale_folder=settings.locale_folder),
        previews=MarkdownPreviews(letterhead, facts.now, locale_folder=settings.locale_folder),
        mailer=mailer,
        hook=hook,
        facts=facts,
        carriers={
            channel: FailOver(channel, carriers)
            for channel, carriers in _carriers(settings, apis).items()
            if carriers
        },
        pace=settings.pace,
        keepsakes=tuple(_keepsakes(settings)),
    )


def _keepsakes(settings: Settings) -> Iterator[Keepsakes]:
    if settings.print_folder:
        kept = timedelta(days=settings.kept_letters_days)
        yield PrintFolder(settings.print_folder, kept=kept)
    if settings.mail_folder:
        yield MailFolder(settings.mail_folder, kept=timedelta(days=settings.kept_mail_days))


def _carriers(settings: Settings, apis: Apis) -> dict[Channel, list[Carrier]]:
    """Return who carries text messages, and letters: what is printed here comes last."""
    letters: list[Carrier] = [
        NotifyLetters(apis[each.name], name=each.name) for each in settings.notify if each.letters
    ]
    if settings.print_folder:
        letters.append(PrintFolder(settings.print_folder))
    texts: list[Carrier] = [
        NotifyTexts(apis[each.name], each.text_template, name=each.name)
        for each in settings.notify
        if each.text_template
    ]
    return {Channel.SMS: texts, Channel.LETTER: letters}


def _notify(account: NotifySettings) -> NotifyApi:
    key, url = account.api_key.get_secret_value(), str(account.url).rstrip("/")
    return NotifyApi(NotifyAccount(key, url))


def _return_paths(settings: Settings) -> ReturnPaths | None:
    if settings.bounce_domain is None:
        return None
    return ReturnPaths(settings.link_key.get_secret_value(), settings.bounce_domain)


def _mailer(settings: Settings, paths: ReturnPaths | None) -> SmtpMailer:
    servers = (_server(each, settings.smtp_timeout_seconds) for each in settings.smtp)
    return SmtpMailer(
        *servers, connections=settings.smtp_connections, dsn=settings.smtp_dsn, paths=paths
    )


def _server(server: SmtpSettings, timeout_seconds: float) -> SmtpServer:
    return SmtpServer(
        host=server.host,
        port=server.port,
        tls=server.tls,
        user=server.user,
        password=server.password.get_secret_value() if server.password else None,
        timeout_seconds=timeout_seconds,
        ca_file=server.ca_file,
    )


def _door(settings: Settings, paths: ReturnPaths, post: Post, runtime: Runtime) -> BounceDoor:
    async def hear(heard: Bounced) -> None:
        once = f"bounce {heard.message_id} {heard.received_id}"
        await runtime.commit(once, lambda: hear_of_mail(heard, post))

    return BounceDoor(paths, hear, host=settings.bounce_host, port=settings.bounce_port)


def main() -> None:
    """Run the service until it is told to stop."""
    serve(build_app, Settings.read())


if __name__ == "__main__":
    main()
