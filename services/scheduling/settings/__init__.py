"""Scheduling's settings, from `SCHEDULING_*`, and the files that staff keep."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from services.scheduling.domain.planning.slots import Contact
from services.scheduling.settings.files import (
    SettingsFileError,
    read_access_rules,
    read_addresses,
    read_hubs,
    read_school_holidays,
)
from shared.exclusion_settings import ExclusionSettings

__all__ = [
    "HERE",
    "Settings",
    "SettingsFileError",
    "read_access_rules",
    "read_addresses",
    "read_hubs",
    "read_school_holidays",
]

HERE = Path(__file__).parent.parent


def _as_matching(name: str) -> AliasChoices:
    return AliasChoices(f"SCHEDULING_{name}", f"MATCHING_{name}")


class Settings(ExclusionSettings):
    """`least_present`: a session needs so many of its panel, for nobody is to sit there alone.

    `quorum`: the share of its places that a session needs; below it staff are asked what to do.
    `plan_seconds`: how long the choice among series that compete for rooms and people may take.

    `calendars_file` names the calendars of rooms and workers, which are read every
    `calendar_minutes`; its addresses are secrets.

    How much is asked of a person is what matching's settings of the same names say, unless it is
    set for scheduling alone: matching draws by it, and scheduling invites by it.
    """

    model_config = SettingsConfigDict(env_prefix="SCHEDULING_")

    venues_file: Path = HERE / "venues.toml"
    needs_file: Path = HERE / "needs.toml"
    school_terms_file: Path = HERE / "school_terms.toml"
    calendars_file: Path | None = None
    calendar_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    least_present: Annotated[int, Field(ge=1, le=500)] = 2
    plan_seconds: Annotated[float, Field(gt=0, le=120)] = 2.0
    quorum: Annotated[float, Field(gt=0, le=1)] = 0.5
    one_at_a_time: bool = Field(default=True, validation_alias=_as_matching("ONE_AT_A_TIME"))
    rest_days: int = Field(7, ge=0, le=365, validation_alias=_as_matching("REST_DAYS"))
    most_asks: int = Field(4, ge=1, validation_alias=_as_matching("MOST_ASKS"))
    asks_within_days: int = Field(
        30, ge=1, le=365, validation_alias=_as_matching("ASKS_WITHIN_DAYS")
    )

    @property
    def contact(self) -> Contact:
        """How much is asked of a person."""
        return Contact(
            rest=timedelta(days=self.rest_days) if self.one_at_a_time else None,
            most_asks=self.most_asks,
            asks_within=timedelta(days=self.asks_within_days),
        )
