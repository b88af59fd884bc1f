"""Matching's settings, from `MATCHING_*` and secret files."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

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


class Settings(ServiceSettings):
    """When short matches are drawn anew, and whom each hub is there for.

    Newcomers of the same `gather_seconds` make one draw. `hub_boroughs` are those whose people
    `quotas: "population"` follows.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHING_")

    gather_seconds: Annotated[float, Field(gt=0, le=3600)] = 1.0
    second_look_seconds: Annotated[float, Field(gt=1, le=3600)] = 5.0
    hub_boroughs: Mapping[str, tuple[str, ...]] = {
        "west-london": NORTH_WEST_LONDON,
        "lambeth": ("Lambeth",),
    }
