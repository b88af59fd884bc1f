"""Matching's settings, from `MATCHING_*` and secret files."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.matching.domain.chances import Fading
from services.matching.domain.contact import Limits
from shared.exclusion_settings import ExclusionSettings

NORTH_WEST_LONDON = (
    "Brent",
    "Ealing",
    "Hammersmith and Fulham",
    "Harrow",
    "Hillingdon",
    "Hounslow",
    "Kensington and Chelsea",
    "Westminster",
)


class Settings(ExclusionSettings):
    """How much is asked of a person, when short matches are drawn anew, whom each hub is for.

    Nobody is asked who was asked `most_asks` times within `asks_within_days`, or, where people have
    places in one engagement at a time, who has one elsewhere or had less than `rest_days` ago.
    Half of a chance that somebody had is forgotten after `chance_half_life_days`. `drop_out` is how
    often people who were chosen drop out (3 to 19 % in published pools): there are reserves for it.
    Newcomers of the same `gather_seconds` make one draw. `hub_boroughs` are those whose people
    `quotas: "population"` follows.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHING_")

    most_asks: Annotated[int, Field(ge=1)] = 4
    asks_within_days: Annotated[int, Field(ge=1, le=365)] = 30
    rest_days: Annotated[int, Field(ge=0, le=365)] = 7
    one_at_a_time: bool = True
    chance_half_life_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    drop_out: Annotated[float, Field(ge=0, lt=1)] = 0.15
    gather_seconds: Annotated[float, Field(gt=0, le=3600)] = 1.0
    second_look_seconds: Annotated[float, Field(gt=1, le=3600)] = 5.0
    hub_boroughs: Mapping[str, tuple[str, ...]] = {
        "west-london": NORTH_WEST_LONDON,
        "lambeth": ("Lambeth",),
    }

    @property
    def limits(self) -> Limits:
        """How much may be asked of a person."""
        return Limits(
            most_asks=self.most_asks,
            asks_within=timedelta(days=self.asks_within_days),
            rest=timedelta(days=self.rest_days),
            one_at_a_time=self.one_at_a_time,
        )

    @property
    def fading(self) -> Fading:
        """How fast chances that somebody had are forgotten."""
        return Fading(timedelta(days=self.chance_half_life_days))
