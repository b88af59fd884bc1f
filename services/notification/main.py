"""Composes the notification service."""

from fastapi import FastAPI

from services.notification.clients.addresses import KeyringAddresses
from services.notification.clients.letters import MarkdownComposer
from services.notification.clients.smtp import SmtpMailer, SmtpServer
from services.notification.handlers import build_handlers
from services.notification.settings import Settings
from services.notification.store import INDEXES, MongoRecords
from services.notification.use_cases.sending import Post
from shared.facts import Facts
from shared.keyring import Keyring
from shared.links import Links
from shared.runtime import Runtime, serve


def build_app(settings: Settings) -> FastAPI:
    """Return the service, not yet connected to anything."""
    runtime = Runtime("notification", settings)
    keyring = Keyring(runtime.other_database(settings.keyring_database), settings.keyring_master)
    links = Links(settings.link_key.get_secret_value())
    mailer = SmtpMailer(_server(settings), connections=settings.smtp_connections)
    runtime.background(mailer.tidy)
    post = Post(
        records=MongoRecords(runtime.database),
        addresses=KeyringAddresses(keyring),
        composer=MarkdownComposer(settings.letterhead, links),
        mailer=mailer,
        facts=Facts("notification"),
    )
    return runtime.app(build_handlers(post), indexes=INDEXES)


def _server(settings: Settings) -> SmtpServer:
    password = settings.smtp_password
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        timeout_seconds=settings.smtp_timeout_seconds,
    )


def main() -> None:
    """Run the service until it is told to stop."""
    serve(build_app, Settings())


if __name__ == "__main__":
    main()
