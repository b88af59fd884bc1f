"""The envelope and the manner of all submissions: what is not named is refused."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from shared.contracts.base import Id, Model

Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(max_length=4000)]
Tag = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Strict(Model):
    """A value from outside: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=False)


class Submission(Strict):
    """The envelope another system sends; `data` is checked against its type's shape."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Annotated[str, Field(max_length=100)]
    subject: Id | None = None
    time: AwareDatetime | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    hub: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    sequence: Annotated[int, Field(ge=1)] | None = None
    correlationid: Id | None = None
    causationid: Id | None = None
    traceparent: Annotated[str, Field(max_length=100)] | None = None
    data: dict[str, Any]
