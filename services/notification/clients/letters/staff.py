"""E-mails to the staff of a hub: a piece of news, or several at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email.message import EmailMessage
from itertools import groupby

from services.notification.clients.letters.envelopes import Envelope, Envelopes
from services.notification.clients.letters.writer import Writer
from services.notification.clients.markdown import Markdown
from services.notification.domain import (
    ENGLISH,
    Kind,
    Letterhead,
    Match,
    Message,
    Session,
)

News = tuple[Message, Match | Session]

ORDER = (
    Kind.STAFF_AT_RISK,
    Kind.STAFF_MISSING,
    Kind.STAFF_UNSCHEDULED,
    Kind.STAFF_SHORT,
    Kind.STAFF_MATCH,
)
"""What a digest says first: what cannot wait long."""


class StaffMail:
    """Writes to staff, in English."""

    def __init__(self, letterhead: Letterhead, writer: Writer, envelopes: Envelopes) -> None:
        self._letterhead = letterhead
        self._writer = writer
        self._envelopes = envelopes

    def mail(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        """Write one piece of news; None when no address is known for the hub's staff."""
        return self._written(message.kind, message, message.id, self._values(message, subject))

    def digest(self, hub: str, items: Sequence[News], key: str) -> EmailMessage | None:
        """Write several; None when there are none, or no address is known."""
        if not items:
            return None
        newest = max((message for message, _ in items), key=lambda message: message.at)
        values = {"groups": list(self._groups(items)), "total": len(items)}
        return self._written(Kind.STAFF_DIGEST, replace(newest, hub=hub), key, values)

    def _groups(self, items: Sequence[News]) -> Iterator[tuple[Kind, list[dict[str, object]]]]:
        """Yield each kind with its pieces of news, the oldest first."""

        def rank(item: News) -> tuple[int, object, str]:
            message, _ = item
            return ORDER.index(message.kind), message.at, message.id

        for kind, group in groupby(sorted(items, key=rank), lambda item: item[0].kind):
            yield kind, [self._values(message, subject) for message, subject in group]

    def _values(self, message: Message, subject: Match | Session) -> dict[str, object]:
        link = self._link(message)
        return {"subject": subject, "link": link, "again": message.is_of_a_later_draw}

    def _written(
        self, kind: Kind, message: Message, key: str, values: Mapping[str, object]
    ) -> EmailMessage | None:
        hub = self._letterhead.hub(message.hub)
        if hub.staff_email is None:
            return None
        words = self._writer.to_staff(kind, hub, values)
        wording = self._writer.library.wording(ENGLISH)
        envelope = Envelope(key, message.at, hub, hub.staff_email)
        return self._envelopes.mail(envelope, words, wording)

    def _link(self, message: Message) -> Markdown:
        about = f"matches/{message.match_id}"
        if message.kind is Kind.STAFF_AT_RISK:
            about = f"sessions/{message.session_id}"
        return Markdown(f"{self._letterhead.public_url}/{about}")
