"""A participant: what may be known of the person, and how they are recognised."""

from services.intake.domain.people.identity import Identity, KnownAs, Sealed, StaysAwayFrom
from services.intake.domain.people.own_words import Neighbourhood, OwnDetails, OwnTimes
from services.intake.domain.people.participant import ACTIVE, ERASED, LEFT, Participant
from services.intake.domain.people.profile import Consent, Language, LedgerEntry, Profile

__all__ = [
    "ACTIVE",
    "ERASED",
    "LEFT",
    "Consent",
    "Identity",
    "KnownAs",
    "Language",
    "LedgerEntry",
    "Neighbourhood",
    "OwnDetails",
    "OwnTimes",
    "Participant",
    "Profile",
    "Sealed",
    "StaysAwayFrom",
]
