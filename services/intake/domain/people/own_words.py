"""What a person said of themselves, by their own link."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.availability import Availability
from services.intake.domain.contact_preference import UNSAID, ContactPreference
from services.intake.domain.people.identity import Sealed
from services.intake.domain.people.profile import Language, Profile
from services.intake.domain.reminders import ReminderTime


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Where a person lives, roughly: metres are rounded."""

    borough: str | None
    easting: int | None
    northing: int | None


@dataclass(frozen=True, slots=True)
class OwnDetails:
    """What a person said of themselves by their own link; `sequence` counts how often they did.

    It stands before what publishers say, whenever they say it. `card` is a keyed digest of what is
    sealed. `needs_dropped` were known, and taken back. No `lives_in`: their postcode is in no
    directory, so it is not known better than before.
    """

    sequence: int
    said_at: datetime
    card: str
    sealed: Sealed
    preferred_channel: str
    languages: tuple[Language, ...] = ()
    needs: tuple[str, ...] = ()
    needs_dropped: tuple[str, ...] = ()
    contact_preference: ContactPreference = UNSAID
    lives_in: Neighbourhood | None = None

    def over(self, profile: Profile) -> Profile:
        """Return what publishers say with what the person said in its place."""
        preference = self.contact_preference.said_after(profile.contact_preference)
        said = replace(
            profile,
            languages=self.languages,
            preferred_channel=self.preferred_channel,
            contact_preference=preference,
        )
        home = self.lives_in
        if home is None:
            return said
        return replace(said, borough=home.borough, easting=home.easting, northing=home.northing)

    def takes_back(self, need: str, given_at: datetime | None) -> bool:
        """Whether the person took the need back, and has not said since that they have it."""
        said_since = given_at is not None and given_at > self.said_at
        return need in self.needs_dropped and not said_since


@dataclass(frozen=True, slots=True)
class OwnTimes:
    """What a person said by their own link; `sequence` counts how often they said so."""

    sequence: int
    said_at: datetime
    availability: Availability
    reminders: tuple[ReminderTime, ...] | None = None
