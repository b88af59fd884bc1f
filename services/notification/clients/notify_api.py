"""Asking GOV.UK Notify by its own client, which is synchronous and belongs to one thread at a time.

What it answers may quote a number or a text: none of that goes into an exception or a log.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import NewConnectionError

from services.notification.domain import NotReachedError, RefusedError
from shared.errors import AppError, UnavailableError

T = TypeVar("T")

LONGEST_SECONDS = 45.0
"""Well below the lease of due work, waiting for a free thread included."""

CONNECT_SECONDS = 5.0

ABOUT_THE_PARCEL = ("phone_number", "content")
"""The fields of a request that are about one person; Notify begins what is wrong with its field."""

SAID_OF_THE_PARCEL = ("international", "longer than", "character count", "empty", "letter content")
"""Of a BadRequestError, Notify has only words to tell what is about a parcel from what is about us.

They may change one day: what is not known here is taken for our own fault, and tried again.
"""

NOT_TAKEN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Answers after which Notify certainly has nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class NotifyAccount:
    """Our service at Notify: its key holds its id and its secret."""

    api_key: str = field(repr=False)
    base_url: str = "https://api.notifications.service.gov.uk"
    timeout_seconds: float = 20.0


class NotifyApi:
    """Asks over at most `at_once` connections that stay open, in threads of its own."""

    def __init__(self, account: NotifyAccount, *, at_once: int = 8) -> None:
        self._account = account
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="notify")
        self._idle = deque([self._new_client()])
        self._sending: set[str] = set()
        # It logs what Notify answered, which may quote a number.
        logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)

    async def ask(self, question: Callable[[Any], T], *, key: str) -> T:
        """Return what the client answers about a parcel.

        Raises RefusedError, NotReachedError and UnavailableError; the last also while a request
        about the same parcel, whose caller gave it up, is still under way: its end is not known.
        """
        if key in self._sending:
            raise UnavailableError("an earlier request to GOV.UK Notify is still under way")
        self._sending.add(key)
        request = self._threads.submit(self._asked, question)
        request.add_done_callback(lambda _: self._sending.discard(key))
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await asyncio.wrap_future(request)
        except TimeoutError:
            if request.cancel():
                raise NotReachedError("too much waits for GOV.UK Notify") from None
            raise UnavailableError("GOV.UK Notify took too long") from None

    def close(self) -> None:
        """Begin nothing more, and close the connections that are not in use."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while self._idle:
            self._idle.pop().request_session.close()

    def _asked(self, question: Callable[[Any], T]) -> T:
        try:
            client = self._idle.pop()
        except IndexError:
            client = self._new_client()
        try:
            return question(client)
        except APIError as error:
            raise _translated(error) from None
        except (KeyError, TypeError):
            raise UnavailableError("GOV.UK Notify answered what we cannot read") from None
        finally:
            self._idle.append(client)

    def _new_client(self) -> Any:
        account = self._account
        client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]  # it has no types
            account.api_key,
            base_url=account.base_url,
            timeout=(min(CONNECT_SECONDS, account.timeout_seconds), account.timeout_seconds),
        )
        # Followed, a redirect would make another request of ours, and show it to somebody else.
        client.request_session.max_redirects = 0
        return client


def _translated(error: APIError) -> AppError:
    """Return what it means for the parcel."""
    if error.response is None:
        if _was_never_connected(error.__cause__):
            return NotReachedError("GOV.UK Notify was not reached")
        return UnavailableError("GOV.UK Notify did not answer")
    status = error.status_code
    if isinstance(error, InvalidResponse) or status not in NOT_TAKEN:
        return UnavailableError(f"GOV.UK Notify answered {status}")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _is_about_the_parcel(error):
        return RefusedError("GOV.UK Notify does not take this message for this address")
    return NotReachedError(f"GOV.UK Notify answered {status}: our account, or a limit of it")


def _was_never_connected(cause: BaseException | None) -> bool:
    if isinstance(cause, ConnectTimeout):
        return True
    inner = cause.args[0] if cause and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


def _is_about_the_parcel(error: APIError) -> bool:
    if error.status_code != HTTPStatus.BAD_REQUEST or not isinstance(error.message, list):
        return False
    found = [(str(each.get("error")), str(each.get("message")).lower()) for each in error.message]
    return any(_is_said_of_the_parcel(kind, words) for kind, words in found)


def _is_said_of_the_parcel(kind: str, words: str) -> bool:
    if kind == "BadRequestError":
        return any(each in words for each in SAID_OF_THE_PARCEL)
    return words.startswith(ABOUT_THE_PARCEL)
