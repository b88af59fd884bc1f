"""What the demo supposes about people beyond the census, read from `sources/`."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

SOURCES = Path(__file__).parent / "sources"
AGE_BANDS = ("16-24", "25-44", "45-64", "65-74", "75+")


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Community(Frozen):
    """Names that go together."""

    female: list[str]
    male: list[str]
    family: list[str]


class EthnicGroup(Frozen):
    """One of the census's 19 groups; `group` is the wider one that quotas use."""

    group: str
    column: str
    communities: dict[str, float]
    languages: dict[str, float]


class Need(Frozen):
    """A need in words, and how many disabled and other people have it."""

    words: str
    disabled: float
    others: float


class SpokenLanguage(Frozen):
    """A language in words, and the code of the need for its interpreter."""

    words: str
    interpreter: str


class Experience(Frozen):
    """How many people have lived through it; `then` is the rate of those who have `after`."""

    rate: float
    ages: list[str] = list(AGE_BANDS)
    sex: str | None = None
    after: str | None = None
    then: float = 0.0


class Pattern(Frozen):
    """A weekly pattern; `weight` follows the order of `AGE_BANDS`."""

    days: list[str]
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    weight: list[float]


class Profile(Frozen):
    """Rates and fixed vocabularies."""

    interpreter_rate: float
    no_monitoring_rate: float
    unanswered_rate: float
    prefer_not_to_say_rate: float
    monitoring_unconsented: int
    date_of_birth_rate: float
    exceptions_rate: float
    exclusions_rate: float
    first_name_rate: float
    needs_sharing_rate: float
    tag_of_interest_rate: float
    no_news_rate: float
    discreet_rate: float
    streets: list[str]
    email_domains: list[str]
    partners: list[str]
    sites: list[str]
    kinds: list[str]
    channels: dict[str, float]
    second_channels: dict[str, float]
    attendance: dict[str, float]
    travel_km: dict[str, float]
    needs: dict[str, Need]
    languages: dict[str, SpokenLanguage]
    lived_experience: dict[str, Experience]
    availability: dict[str, Pattern]


class Names(Frozen):
    community: dict[str, Community]
    group: dict[str, EthnicGroup]


def _toml(file: str) -> dict[str, object]:
    return tomllib.loads((SOURCES / file).read_text(encoding="utf-8"))


PROFILE = Profile.model_validate(_toml("profile.toml"))
_NAMES = Names.model_validate(_toml("names.toml"))
COMMUNITIES = _NAMES.community
ETHNIC_GROUPS = _NAMES.group
