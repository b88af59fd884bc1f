"""The mail catcher among containers: every e-mail becomes a file, none is delivered."""

import signal
import ssl
from pathlib import Path

from aiosmtpd.controller import Controller

from deploy.compose.installation import ANYWHERE, MAIL_PORT, MOUNTED, Outside
from deploy.embedded.catcher import LONGEST_MAIL_BYTES, MailFolder

ENDS = {signal.SIGTERM, signal.SIGINT}


def catch(folder: Path) -> None:
    """Catch mail until SIGTERM or SIGINT."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # before the server's thread inherits it
    tls = Outside().tls
    server = Controller(
        MailFolder(folder),
        tls_context=_context(MOUNTED / "mail.pem") if tls else None,
        require_starttls=tls,
        hostname=ANYWHERE,
        port=MAIL_PORT,
        server_hostname="mail",
        ident="mail catcher",
        data_size_limit=LONGEST_MAIL_BYTES,
        enable_SMTPUTF8=True,
    )
    server.start()
    signal.sigwait(ENDS)
    server.stop()


def _context(certificate: Path) -> ssl.SSLContext:
    """Take mail by TLS alone."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
