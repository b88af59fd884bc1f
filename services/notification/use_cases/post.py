"""What it takes to send a message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.notification.domain import Channel, Pace
from services.notification.ports import (
    Addresses,
    Carriers,
    Composer,
    Keepsakes,
    Mailer,
    Previews,
    Records,
    StaffHook,
)
from services.notification.use_cases.let_through import LetThrough
from shared.facts import Facts


@dataclass(frozen=True, slots=True)
class Post:
    """All that is needed; `carriers` has those of text messages and of letters, where there are.

    `keepsakes` are where what was handed over lies on a disk of ours.
    """

    records: Records
    addresses: Addresses
    composer: Composer
    previews: Previews
    mailer: Mailer
    hook: StaffHook
    facts: Facts
    carriers: Mapping[Channel, Carriers]
    pace: Pace
    keepsakes: tuple[Keepsakes, ...] = ()
    let_through: LetThrough = field(default_factory=LetThrough)

    @property
    def served(self) -> Sequence[Channel]:
        """By what can be written without staff."""
        return (Channel.EMAIL, *self.carriers)
