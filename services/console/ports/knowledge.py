"""How read models and accounts are asked for and kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from services.console.ports.access_requests import AccessRequest
from services.console.ports.accounts import (
    AuditAsked,
    AuditRow,
    CalendarLink,
    FailedSignIns,
    HalfSignedIn,
    LastSignIn,
    OneTimeCodes,
    SignedIn,
    StaffMember,
)
from services.console.ports.draws import ChanceView, QuotaAnswers, WhatIfView
from services.console.ports.erasures import ErasureView
from services.console.ports.messages import Asking, Counted, FilmView, Group, PreviewView
from services.console.ports.own_details import DetailsView, FigureView
from services.console.ports.rows import MatchRow, OutreachView, Overview, Refusal
from services.console.ports.sealing import AuditChain
from services.console.ports.standing import Invited, Standing
from services.console.ports.views import (
    AnnouncedView,
    ChangeView,
    ContactView,
    DrawView,
    EngagementView,
    InvitationView,
    MatchView,
    MessageView,
    PersonView,
    SessionView,
    TimesView,
    TraceEntry,
)
from shared.changes import Put, Remove
from shared.mongo import Entity

LIST_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which views are wanted. Nothing is ever listed without naming the hubs.

    `undone` leaves out the calls that somebody has made; `reference` is that of an engagement.
    `words` are as `search.words_in` returns them.
    """

    hubs: tuple[str, ...]
    statuses: tuple[str, ...] = ()
    undone: bool = False
    engagement_id: str | None = None
    reference: str | None = None
    words: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    oldest_first: bool = False
    limit: int = LIST_LIMIT
    skip: int = 0


E = TypeVar("E", bound=Entity)


class Kept(Protocol[E]):
    """Entities of one kind, by id."""

    async def get(self, entity_id: str, /) -> E | None: ...
    def keep(self, entity: E, /) -> Put: ...
    def drop(self, entity: E, /) -> Remove: ...


class Views(Kept[E], Protocol[E]):
    """Read models that are listed."""

    async def listed(self, asked: Asked, /) -> list[E]:
        """Return what is asked for, newest first unless asked otherwise."""
        ...

    async def how_many(self, asked: Asked, /, *, at_most: int | None = None) -> int:
        """Return how many there are, whatever the limit, counting up to a number."""
        ...

    async def about_person(self, participant_id: str, /) -> list[E]:
        """Return every view in which the participant occurs."""
        ...


class Matches(Views[MatchView], Protocol):
    """Every match."""

    async def rows(self, asked: Asked, /) -> list[MatchRow]:
        """Return what is asked for as rows of a list, without reading who is on a panel."""
        ...

    async def with_answers_inside(self, limit: int, /) -> list[MatchView]:
        """Return some that were kept with what people answered for quotas inside."""
        ...


class Invitations(Views[InvitationView], Protocol):
    """Everybody who is asked to come, or was."""

    async def invited_to(self, engagement_id: str, hub: str, /) -> list[Invited]:
        """Return where each invitation of an engagement stands, in no order."""
        ...


class AccessRequests(Kept[AccessRequest], Protocol):
    """Everybody's newest request."""

    async def open_in(self, hubs: Collection[str], /) -> list[AccessRequest]:
        """Return those of these hubs that are not answered, the one due first at first."""


class People(Kept[PersonView], Protocol):
    """Everybody who takes part, or did."""

    async def standings(self, participant_ids: Collection[str], /) -> dict[str, Standing]:
        """Return where people stand, by id; who is not known is left out."""
        ...

    async def known_as(self, reference: str, hub: str, /) -> list[PersonView]:
        """Return whom any publisher calls so in a hub; nobody who was erased."""
        ...

    async def called_like(
        self, beginning: str, hubs: tuple[str, ...], /, *, limit: int, skip: int = 0
    ) -> list[PersonView]:
        """Return whose reference begins so, as `search.written`, by hub and reference."""
        ...

    async def how_many_called_like(
        self, beginning: str, hubs: tuple[str, ...], /, *, at_most: int
    ) -> int:
        """Return how many there are, counting up to a number."""
        ...


class Trace(Kept[TraceEntry], Protocol):
    """Every event that passed."""

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        """Return all that was done under these correlation ids, oldest first."""
        ...

    async def about(self, any_id: str, /) -> list[TraceEntry]:
        """Return the event of that id, and those whose subject has it, oldest first."""
        ...

    async def of_engagement(
        self, engagement_id: str, subjects: Collection[str], /
    ) -> list[TraceEntry]:
        """Return what was about an engagement or has one of these subjects, newest first.

        Of what was kept before events were told apart by engagement, the subjects are all.
        """
        ...


class Passing(Kept[E], Protocol[E]):
    """What counts for a while from when it began."""

    async def begun_before(self, moment: datetime, /) -> list[E]:
        """Return some of those that began before a time, to be dropped."""
        ...


class Staff(Kept[StaffMember], Protocol):
    """Accounts."""

    async def everyone(self) -> list[StaffMember]: ...

    async def by_oidc(self, value: str, /) -> StaffMember | None:
        """Return whom the provider calls so."""
        ...

    async def by_token(self, token_sha256: str, /) -> StaffMember | None:
        """Return whose token has this hash."""
        ...


class Browsers(Passing[SignedIn], Protocol):
    """Where staff are signed in."""

    async def of(self, username: str, /) -> list[SignedIn]: ...


class Tries(Passing[FailedSignIns], Protocol):
    """Wrong passwords and codes, counted."""

    async def about(self, username: str, /) -> list[FailedSignIns]:
        """Return all counts that concern an account."""
        ...


class CalendarLinks(Kept[CalendarLink], Protocol):
    """Addresses of calendars, also those that were revoked."""

    async def of_hubs(self, hubs: tuple[str, ...], /) -> list[CalendarLink]:
        """Return those of some hubs, the newest first."""
        ...


class Chances(Kept[ChanceView], Protocol):
    """Which chance each person had in the draws that were approved."""

    async def about_person(self, participant_id: str, /) -> list[ChanceView]:
        """Return those of one person, the newest draw first."""
        ...


class AuditTrail(Protocol):
    """Who did what. There is no way to change or remove a row."""

    def keep(self, row: AuditRow, /) -> Put: ...

    async def rows(self, asked: AuditAsked, /) -> list[AuditRow]:
        """Return what is asked for, newest first."""
        ...

    async def how_many(self, asked: AuditAsked, /, *, at_most: int | None = None) -> int:
        """Return how many there are, whatever the limit, counting up to a number."""
        ...

    async def about(
        self, objects: Collection[str], people_in: Collection[str] = (), /
    ) -> list[AuditRow]:
        """Return what was done to objects, and to people in some of them, newest first."""
        ...


class WhatIfs(Kept[WhatIfView], Protocol):
    """What staff asked would be drawn without somebody, for a day."""

    async def about_person(self, participant_id: str, /) -> list[WhatIfView]:
        """Return every one that asks about a person, or names them in its answer."""
        ...


class Askings(Kept[Asking], Protocol):
    """Whom invitations reached."""

    async def about_person(self, participant_id: str, /) -> list[Asking]:
        """Return those of one person."""
        ...

    async def counted(self, hub: str, moments: Sequence[datetime], /) -> list[list[Counted]]:
        """Count who was asked before each moment, by every value of each feature.

        The moments are in order; the counts of one are part of those of the next.
        """
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that is stored, in one value to pass on."""

    matches: Matches
    changes: Views[ChangeView]
    announced: Views[AnnouncedView]
    draws: Views[DrawView]
    sessions: Views[SessionView]
    invitations: Invitations
    engagements: Views[EngagementView]
    messages: Views[MessageView]
    people: People
    contacts: Kept[ContactView]
    times: Kept[TimesView]
    details: Kept[DetailsView]
    erasures: Kept[ErasureView]
    access_requests: AccessRequests
    figures: Views[FigureView]
    trace: Trace
    staff: Staff
    browsers: Browsers
    half_signed_in: Passing[HalfSignedIn]
    last_sign_ins: Kept[LastSignIn]
    one_time_codes: Kept[OneTimeCodes]
    failed_sign_ins: Tries
    calendar_links: CalendarLinks
    previews: Kept[PreviewView]
    films: Kept[FilmView]
    chances: Chances
    what_ifs: WhatIfs
    askings: Askings
    groups: Kept[Group]
    quota_answers: Kept[QuotaAnswers]
    outreach: Kept[OutreachView]
    refusals: Kept[Refusal]
    overview: Overview
    audit: AuditTrail
    chain: AuditChain
