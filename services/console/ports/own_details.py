"""What is known for a person's own page alone, and what became of what they took part in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.console.ports.views import View
from shared.contracts.engagements import OutcomeState
from shared.contracts.participants import (
    Channel,
    ConsentGiven,
    ContactPreference,
    Language,
    SealedContact,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsView(View):
    """What a person sees and corrects of themselves; staff have no page that shows it.

    `given` counts what they said here; then `sealed` is who they said they are, and `needs_dropped`
    are needs that were known and that they took back. `asked` counts the links that they asked for,
    `asked_at` has the latest. No `contact_preference`: it was never heard. `wants_erasure`: they
    asked here to be forgotten.
    """

    preferred_channel: Channel
    languages: tuple[Language, ...] = ()
    needs: tuple[str, ...] = ()
    needs_dropped: tuple[str, ...] = ()
    contact_preference: ContactPreference | None = None
    consents: Mapping[str, ConsentGiven] = field(default_factory=dict)
    sealed: SealedContact | None = None
    given: int = 0
    asked: int = 0
    asked_at: tuple[datetime, ...] = ()
    wants_erasure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView(View):
    """A figure that a partner reported of what came of an engagement: of nobody by themselves."""

    state: OutcomeState
