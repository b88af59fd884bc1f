"""What staff call a person of an engagement: by reference once they said yes, by a code before."""

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.console.ports import InvitationView, Invited, Knowledge, MessageView
from services.console.use_cases.erasure import ERASED
from shared.contracts.messages import MessageStatus
from shared.contracts.sessions import Answer

LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""None that are taken for one another, and no vowels, so that no code is a word."""
CODE_LENGTH = 4

SEEN_TO = frozenset({MessageStatus.FAILED, MessageStatus.TO_CALL})


@dataclass(frozen=True, slots=True)
class Naming:
    """How the people of one engagement are named; with `always`, all of them by reference."""

    engagement_id: str
    said_yes: frozenset[str]
    always: bool = False

    def name(self, participant_id: object, reference: str, answer: Answer | None = None) -> str:
        """Return the name of a person; `answer` is theirs where it stands beside it."""
        if reference == ERASED or self.is_known(participant_id, answer):
            return reference
        return self.code(participant_id)

    def is_known(self, participant_id: object, answer: Answer | None = None) -> bool:
        """Whether staff may know who of the hub's people a person of the engagement is."""
        return self.always or str(participant_id) in self.said_yes or answer is Answer.ACCEPTED

    def code(self, participant_id: object) -> str:
        """Return what somebody is called of whom nothing else is to be told."""
        return pseudonym(self.engagement_id, str(participant_id))


def naming(engagement_id: str, invited: Iterable[Invited], *, always: bool) -> Naming:
    """Return how people are named, by what they answered to these invitations."""
    said_yes = frozenset(str(each.participant_id) for each in invited if each.said_yes)
    return Naming(engagement_id, said_yes, always)


def known_in(
    invitations: Iterable[InvitationView], messages: Iterable[MessageView]
) -> frozenset[str]:
    """Return the engagements in which staff may know one person, by what that person was sent.

    There they said yes, or staff had to see to them.
    """
    said_yes = (each.state.engagement_id for each in invitations if each.invited.said_yes)
    seen_to = (each.state.engagement_id for each in messages if each.state.status in SEEN_TO)
    return frozenset(str(each) for each in (*said_yes, *seen_to) if each)


async def naming_of(engagement_id: str, hub: str, known: Knowledge, *, always: bool) -> Naming:
    """Return how the people of an engagement are named."""
    invited = await known.invitations.invited_to(engagement_id, hub)
    return naming(engagement_id, invited, always=always)


async def names_of_recipients(
    messages: Sequence[MessageView], known: Knowledge, *, named_before_yes: Collection[str]
) -> dict[str, str | None]:
    """Return by message the name of the person it is to; None of one to staff.

    Whom staff have to see to, because a message failed or is a call to make, has to be known; a
    code for another message to them would only be undone by the row beside it.
    """
    seen_to = {_whom(each) for each in messages if each.state.status in SEEN_TO}
    asked = (str(each.state.invitation_id) for each in messages)
    invitations = await asyncio.gather(*(known.invitations.get(each) for each in asked))
    return {
        message.id: _recipient(
            message,
            invitation,
            always=message.hub in named_before_yes or _whom(message) in seen_to,
        )
        for message, invitation in zip(messages, invitations, strict=True)
    }


def _recipient(
    message: MessageView, invitation: InvitationView | None, *, always: bool
) -> str | None:
    state = message.state
    if state.participant_reference is None or state.engagement_id is None:
        return state.participant_reference
    names = naming(
        str(state.engagement_id), [invitation.invited] if invitation else [], always=always
    )
    return names.name(state.participant_id, state.participant_reference)


def _whom(message: MessageView) -> tuple[UUID | None, UUID | None]:
    return message.state.participant_id, message.state.engagement_id


def answer_of(invitation: InvitationView) -> Answer:
    """Return the newest answer, also one that scheduling has not taken in yet."""
    return invitation.invited.answer


def pseudonym(engagement_id: str, participant_id: str) -> str:
    """Return a name that tells nothing, and stays the same for as long as the engagement lasts."""
    digest = hashlib.sha256(f"{engagement_id} {participant_id}".encode()).digest()
    code = "".join(LETTERS[each % len(LETTERS)] for each in digest[:CODE_LENGTH])
    return f"Person {code}"
