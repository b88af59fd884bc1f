"""Where many people stand at once, read without everything else that is kept of each."""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.participants import ParticipantStatus
from shared.contracts.sessions import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is called, and whether they still take part."""

    reference: str
    status: ParticipantStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Where one person's invitation stands; `asked` counts how often it was offered.

    `answer` is the newest, also one that scheduling has not taken in yet; `left`: for good.
    """

    participant_id: UUID
    participant_reference: str
    answer: Answer
    asked: int = 1
    left: bool = False

    @property
    def said_yes(self) -> bool:
        """Whether the person comes, so that staff know them by their reference."""
        return self.answer is Answer.ACCEPTED and not self.left
