"""The envelope of every event on the bus: CloudEvents 1.0, structured JSON."""

from typing import Annotated, Any, ClassVar, Literal, Protocol, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

TYPE_PREFIX = "wlc."
CONTENT_TYPE = "application/cloudevents+json"

Id = Annotated[str, Field(min_length=1, max_length=128)]


class Model(BaseModel):
    """A value inside an event. Within a version, fields are only ever added, with a default."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
        serialize_by_alias=True,
    )


class Known(Protocol):
    """What a service keeps of an aggregate of which it hears."""

    @property
    def sequence(self) -> int: ...


class Event(Model):
    """A fact that has happened to one aggregate, with that aggregate's whole public state.

    `sequence` is the aggregate's version and counts up from 1; a consumer keeps the newest
    and drops what is older, so that a duplicate or a late arrival does no harm.
    """

    TYPE: ClassVar[str]

    specversion: Literal["1.0"] = "1.0"
    id: Id
    source: Id
    type: str = ""
    subject: Id
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    hub: Id
    sequence: Annotated[int, Field(ge=1)] = 1
    correlationid: Id
    causationid: Id | None = None
    traceparent: str | None = None
    data: Any

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: object) -> None:
        """Let the class alone decide the type."""
        if hasattr(cls, "TYPE"):
            only = cast("Any", Literal[cls.TYPE])
            cls.model_fields["type"] = FieldInfo(annotation=only, default=cls.TYPE)
            cls.model_rebuild(force=True)

    def is_old(self, known: Known | None) -> bool:
        """Whether what is known of its aggregate is as new, or newer."""
        return known is not None and self.sequence <= known.sequence

    @property
    def routing_key(self) -> str:
        """The key it is published under: its type."""
        return self.TYPE
