"""Handing one e-mail over one connection, and what the answers mean for it."""

import aiosmtplib
from aiosmtplib import SMTP

from services.notification.clients.smtp.posting import Dsn, Posting
from services.notification.domain import NotReachedError, RefusedError
from shared.errors import UnknownError

PERMANENT = 500
TOO_LARGE = 552
GOING_DOWN = 421
ACCESS_FAULTS = frozenset({530, 534, 535, 538})
"""Permanent by number, but about our own access to the server: nothing to tell a person of."""

FAULTS = (aiosmtplib.SMTPException, OSError)


class LostError(NotReachedError):
    """The connection was gone before the message was on its way."""


class PutOffError(NotReachedError):
    """The server is well, but will not take a message to this address yet."""


async def hand_over(posting: Posting, server: SMTP, dsn: Dsn) -> None:
    """Return when the server took it; no error says in the server's words what it said of whom.

    Raises RefusedError (for good), NotReachedError (it certainly has nothing of it) and
    UnknownError (it may have taken it). After RefusedError and PutOffError the connection still
    stands, with an envelope begun.
    """
    content = posting.content(server)
    await _announce(posting, server, dsn, len(content))
    try:
        await server.data(content)
    except aiosmtplib.SMTPDataError as error:
        raise _refusal(error.code) from None
    except FAULTS:
        raise UnknownError("the mail server may have taken the message") from None


async def _announce(posting: Posting, server: SMTP, dsn: Dsn, size: int) -> None:
    encoding = posting.encoding
    try:
        await server.mail(
            posting.sender,
            options=posting.sender_options(server, dsn, size),
            encoding=encoding,
        )
        await server.rcpt(
            posting.recipient,
            options=posting.recipient_options(server, dsn),
            encoding=encoding,
        )
    except aiosmtplib.SMTPSenderRefused as error:
        raise _refusal_of_sender(error.code) from None
    except aiosmtplib.SMTPRecipientRefused as error:
        raise _refusal(error.code, passing=PutOffError) from None
    except (aiosmtplib.SMTPServerDisconnected, ConnectionError):
        raise LostError("the mail server closed the connection") from None
    except FAULTS:
        raise NotReachedError("the mail server did not take the message") from None
    except ValueError:  # an address that would end the command, or a letter it cannot be written in
        raise RefusedError("the mail server cannot carry this address") from None


def _refusal_of_sender(code: int) -> Exception:
    """Return what it means: whom we write as is between the server and us, how much is not."""
    if code == TOO_LARGE:
        return RefusedError("the mail server refused the message")
    if code == GOING_DOWN:
        return LostError("the mail server closes the connection")
    return NotReachedError("the mail server did not take the message")


def _refusal(code: int, passing: type[NotReachedError] = NotReachedError) -> Exception:
    if code >= PERMANENT and code not in ACCESS_FAULTS:
        return RefusedError("the mail server refused the message")
    if code in ACCESS_FAULTS or code == GOING_DOWN:
        return NotReachedError("the mail server did not take the message")
    return passing("the mail server did not take the message")
