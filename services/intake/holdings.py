"""What intake holds on people, collection by collection."""

from collections.abc import Mapping
from uuid import UUID

from services.intake.ports import Desk
from services.intake.use_cases.keeping import opened_from_quarantine
from shared.contracts.participants import SealedContact
from shared.holding import (
    ACCOUNTABILITY,
    INVOLVEMENT,
    OF_ALL_SERVICES,
    Held,
    Holdings,
)
from shared.mongo import Document

OF_PEOPLE = ("wlc.participant.", "wlc.availability.", "wlc.consent.")
HOLDINGS = Holdings(
    held={
        "participants": Held(
            "Who you are, how you are reached, what you said of yourself, and what stands of what "
            "you agreed to",
            "to know you again, to match you with engagements, and to reach you; what you answered "
            "about equality is kept with your consent to monitoring, to count with",
            f"{INVOLVEMENT}; answers about equality: your consent to monitoring",
        ),
        "consents": Held(
            "What you agreed to and took back, by version of the text, when, and who told us so",
            "to prove what we were allowed to do, and when",
            ACCOUNTABILITY,
        ),
        "submissions": Held(
            "That a publisher sent something about you, and what became of it",
            "so that the same is taken once, and the publisher hears what was wrong with it",
            ACCOUNTABILITY,
        ),
        "quarantine": Held(
            "What a publisher sent about you and we could not take, as it was sent",
            "so that the publisher can correct it",
            INVOLVEMENT,
        ),
        "attendances": Held(
            "Whether you came to a session, as the partner says",
            "to pay you, and to know who was heard",
            INVOLVEMENT,
            shared=("engagement_id", "attended"),
        ),
        "feedbacks": Held(
            "What you thought of an engagement, where it was given with your name to it",
            "to learn whether taking part was worth it to people",
            INVOLVEMENT,
        ),
        "erasure_cases": Held(
            "That you asked to be forgotten, and which parts of the gateway have done so",
            "to prove it",
            ACCOUNTABILITY,
        ),
    },
    of_nobody={
        **OF_ALL_SERVICES,
        "engagements": "what partners want people for",
        "sessions": "of which engagement a session is",
        "outcomes": "figures of outcomes of engagements",
        "erasures": "the id of who is being forgotten, for a minute",
        "erasure_checks": "the id of who is being forgotten, until every service has confirmed it",
        "expiries": "when something in quarantine is dropped",
        "publishers": "which other systems may submit what",
        "key_uses": "when the keys of other systems were last used",
        "key_ends": "which key is looked at, and when, since what it opened may be gone",
        "key_rotations": "the id of whose key is to be replaced, for seconds",
        "leavers": "the id of who is to be forgotten, since they left long ago, for seconds",
        "master_rotations": "that keys are being wrapped anew",
        "second_looks": "a submission that is looked at once more, for 5 seconds; when that fails, "
        "until it is looked at by an operator, 90 days at most",
    },
)


def linked_by_handles(row: Document) -> Mapping[str, Document]:
    """Find what lies in quarantine about a participant: it names them by their handles."""
    handles = [each for known in row.get("references", ()) for each in known["handles"]]
    return {"quarantine": {"about": {"$in": handles}}} if handles else {}


class Opener:
    """Makes readable what intake keeps sealed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, collection: str, row: Document, person: UUID) -> Document:
        """Return the row with what is sealed in clear, as far as it can be opened."""
        match collection:
            case "participants":
                return await self._with_cards(row, person)
            case "quarantine":
                return await self._with_body(row)
            case _:
                return row

    async def _with_cards(self, row: Document, person: UUID) -> Document:
        own = row.get("own_details")
        opened = {**row, "sealed": await self._card(row.get("sealed"), person)}
        if own:
            opened["own_details"] = {**own, "sealed": await self._card(own["sealed"], person)}
        return opened

    async def _card(self, sealed: Document | None, person: UUID) -> Document | None:
        if sealed is None:
            return None
        contact = SealedContact.model_validate({**sealed, "participant_id": person})
        card = await self._desk.keys.open(contact)
        return card.model_dump(mode="json") if card else None

    async def _with_body(self, row: Document) -> Document:
        """Show what was sent only where it is about one person; others may be named in the rest."""
        rejected = await self._desk.quarantine.get(row["_id"])
        if rejected is None or not rejected.type.startswith(OF_PEOPLE):
            return {**row, "body": None}
        body = await opened_from_quarantine(rejected, self._desk)
        return {**row, "body": body.decode(errors="replace") if body else None}
