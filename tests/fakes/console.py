"""The console's stores in memory, and who commits to them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from services.console.ports import (
    AccessRequest,
    AnnouncedView,
    Asked,
    Asking,
    AuditAsked,
    AuditRow,
    CalendarLink,
    ChanceView,
    ChangeView,
    ContactView,
    Counted,
    Counts,
    DetailsView,
    DrawView,
    EngagementView,
    ErasureView,
    FailedSignIns,
    FigureView,
    FilmView,
    Group,
    HalfSignedIn,
    InvitationView,
    Invited,
    Knowledge,
    LastSignIn,
    MatchRow,
    MatchView,
    MessageView,
    OneTimeCodes,
    OutreachView,
    PersonView,
    PreviewView,
    QuotaAnswers,
    Refusal,
    SessionView,
    SignedIn,
    StaffMember,
    Standing,
    TimesView,
    TraceEntry,
    View,
    WhatIfView,
)
from services.console.ports.search import found_by, is_found
from shared.audit_chain import Block, Row
from shared.committer import Outcome, Work
from shared.contracts.participants import ContactCard, ParticipantStatus, SealedContact
from tests.fakes.console_rows import InMemoryOverview, match_row
from tests.fakes.store import InMemoryCollection, InMemoryStore

V = TypeVar("V", bound=View)
P = TypeVar("P", SignedIn, HalfSignedIn, FailedSignIns)


class InMemoryAccessRequests(InMemoryCollection[AccessRequest]):
    """See ports.AccessRequests."""

    async def open_in(self, hubs: Collection[str]) -> list[AccessRequest]:
        wanted = frozenset(hubs)
        found = await self.where(lambda each: each.hub in wanted and not each.answered_on)
        return sorted(found, key=lambda each: each.due_on)


class InMemoryViews(InMemoryCollection[V]):
    """See ports.Views."""

    def __init__(
        self, name: str, *, people: Callable[[V], set[str]], status: Callable[[V], str]
    ) -> None:
        super().__init__(name)
        self._people = people
        self._status = status

    async def listed(self, asked: Asked) -> list[V]:
        found = sorted(
            await self.where(lambda view: self._is_asked(view, asked)),
            key=lambda view: (view.at, view.id),
            reverse=not asked.oldest_first,
        )
        return found[asked.skip : asked.skip + asked.limit]

    async def how_many(self, asked: Asked, *, at_most: int | None = None) -> int:
        return len((await self.where(lambda view: self._is_asked(view, asked)))[:at_most])

    async def about_person(self, participant_id: str) -> list[V]:
        return await self.where(lambda view: participant_id in self._people(view))

    def _is_asked(self, view: V, asked: Asked) -> bool:
        engagement_id = str(getattr(view, "state").engagement_id)  # noqa: B009 - each view has its own
        return (
            view.hub in asked.hubs
            and (not asked.statuses or self._status(view) in asked.statuses)
            and not (asked.undone and getattr(view, "done_by", None))
            and asked.engagement_id in {None, engagement_id}
            and asked.reference in {None, getattr(getattr(view, "state"), "reference", None)}  # noqa: B009 - each view has its own
            and is_found(view, asked.words)
            and (asked.start is None or asked.start <= view.at)
            and (asked.end is None or view.at < asked.end)
        )


class InMemoryMatches(InMemoryViews[MatchView]):
    """See ports.Matches."""

    async def rows(self, asked: Asked) -> list[MatchRow]:
        return [match_row(each) for each in await self.listed(asked)]

    async def with_answers_inside(self, limit: int) -> list[MatchView]:
        def is_meant(view: MatchView) -> bool:
            return any(each.features for each in (*view.state.panel, *view.state.reserves))

        return (await self.where(is_meant))[:limit]


class InMemoryInvitations(InMemoryViews[InvitationView]):
    """See ports.Invitations."""

    async def invited_to(self, engagement_id: str, hub: str) -> list[Invited]:
        about = Asked(hubs=(hub,), engagement_id=engagement_id)
        return [each.invited for each in await self.listed(about)]


class InMemoryPeople(InMemoryCollection[PersonView]):
    """See ports.People."""

    async def standings(self, participant_ids: Collection[str]) -> dict[str, Standing]:
        people = await self.where(lambda person: person.id in participant_ids)
        return {each.id: Standing(reference=each.reference, status=each.status) for each in people}

    async def known_as(self, reference: str, hub: str) -> list[PersonView]:
        def is_meant(person: PersonView) -> bool:
            called = {person.reference, *(each.reference for each in person.references)}
            is_erased = person.status is ParticipantStatus.ERASED
            return person.hub == hub and reference in called and not is_erased

        return sorted(await self.where(is_meant), key=lambda person: person.id)

    async def called_like(
        self, beginning: str, hubs: tuple[str, ...], *, limit: int, skip: int = 0
    ) -> list[PersonView]:
        found = await self._called_like(beginning, hubs)
        return found[skip : skip + limit]

    async def how_many_called_like(
        self, beginning: str, hubs: tuple[str, ...], *, at_most: int
    ) -> int:
        return min(at_most, len(await self._called_like(beginning, hubs)))

    async def _called_like(self, beginning: str, hubs: tuple[str, ...]) -> list[PersonView]:
        def called(person: PersonView) -> list[str]:
            return [each for each in found_by(person) if each.startswith(beginning)]

        found = await self.where(lambda person: person.hub in hubs and bool(called(person)))
        return sorted(found, key=lambda person: (person.hub, called(person)[0]))


class InMemoryTrace(InMemoryCollection[TraceEntry]):
    """See ports.Trace."""

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        found = await self.where(lambda entry: entry.correlation_id in correlation_ids)
        return sorted(found, key=lambda entry: entry.at)

    async def about(self, any_id: str) -> list[TraceEntry]:
        found = await self.where(lambda entry: any_id in {entry.id, entry.subject})
        return sorted(found, key=lambda entry: entry.at)

    async def of_engagement(
        self, engagement_id: str, subjects: Collection[str]
    ) -> list[TraceEntry]:
        found = await self.where(
            lambda entry: entry.engagement_id == engagement_id or entry.subject in subjects
        )
        return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)


class InMemoryStaff(InMemoryCollection[StaffMember]):
    """See ports.Staff."""

    async def everyone(self) -> list[StaffMember]:
        return list(self.entities.values())

    async def by_token(self, token_sha256: str) -> StaffMember | None:
        found = await self.where(lambda member: member.token_sha256 == token_sha256)
        return found[0] if found else None

    async def by_oidc(self, value: str) -> StaffMember | None:
        found = await self.where(lambda member: member.oidc == value)
        return found[0] if found else None


class InMemoryPassing(InMemoryCollection[P]):
    """See ports.Passing."""

    async def begun_before(self, moment: datetime) -> list[P]:
        return await self.where(lambda each: each.since < moment)


class InMemoryBrowsers(InMemoryPassing[SignedIn]):
    """See ports.Browsers."""

    async def of(self, username: str) -> list[SignedIn]:
        return await self.where(lambda browser: browser.username == username)


class InMemoryTries(InMemoryPassing[FailedSignIns]):
    """See ports.Tries."""

    async def about(self, username: str) -> list[FailedSignIns]:
        return await self.where(lambda counted: counted.username == username)


class InMemoryCalendarLinks(InMemoryCollection[CalendarLink]):
    """See ports.CalendarLinks."""

    async def of_hubs(self, hubs: tuple[str, ...]) -> list[CalendarLink]:
        found = await self.where(lambda link: link.shown.hub in hubs)
        return sorted(found, key=lambda link: (link.made_at, link.id), reverse=True)


class InMemoryChances(InMemoryCollection[ChanceView]):
    """See ports.Chances."""

    async def about_person(self, participant_id: str) -> list[ChanceView]:
        found = await self.where(lambda row: row.participant_id == participant_id)
        return sorted(found, key=lambda row: row.drawn_at, reverse=True)


class InMemoryWhatIfs(InMemoryCollection[WhatIfView]):
    """See ports.WhatIfs."""

    async def about_person(self, participant_id: str) -> list[WhatIfView]:
        def is_named(row: WhatIfView) -> bool:
            moves = row.answered.moves if row.answered else ()
            named = {row.asked.participant_id, *(each.participant_id for each in moves)}
            return participant_id in map(str, named)

        return await self.where(is_named)


class InMemoryAskings(InMemoryCollection[Asking]):
    """See ports.Askings; needs and answers are looked up where they lie."""

    def __init__(
        self, people: InMemoryCollection[PersonView], groups: InMemoryCollection[Group]
    ) -> None:
        super().__init__("askings")
        self._people = people
        self._groups = groups

    async def about_person(self, participant_id: str) -> list[Asking]:
        return await self.where(lambda row: row.participant_id == participant_id)

    async def counted(self, hub: str, moments: Sequence[datetime]) -> list[list[Counted]]:
        return [await self._counted(hub, end) for end in moments]

    async def _counted(self, hub: str, end: datetime) -> list[Counted]:
        rows = await self.where(lambda row: row.hub == hub and row.at < end)
        sums: dict[tuple[str, str], Counts] = defaultdict(Counts)
        seen: set[str] = set()
        for row in sorted(rows, key=lambda row: (row.at, row.id)):
            first = set() if row.participant_id in seen else {("first", "")}
            seen.add(row.participant_id)
            for value in self._values(row) | first:
                before = sums[value]
                sums[value] = Counts(
                    asked=before.asked + 1,
                    told=before.told + row.told,
                    reached=before.reached + row.reached,
                    answered=before.answered + row.answered,
                )
        return [Counted(feature=k, value=v, counts=counts) for (k, v), counts in sums.items()]

    def _values(self, row: Asking) -> set[tuple[str, str]]:
        person, group = self._people.entities.get(row.participant_id), self._groups.entities
        needs = (person.needs if person else ()) or ("",)
        answered = group[row.participant_id].answers if row.participant_id in group else {}
        named = {("all", ""), ("channel", row.channel or "")}
        return named | {("need", need) for need in needs} | set(answered.items())


class InMemoryAuditTrail(InMemoryCollection[AuditRow]):
    """See ports.AuditTrail."""

    async def rows(self, asked: AuditAsked) -> list[AuditRow]:
        found = sorted(
            await self.where(lambda row: self._is_asked(row, asked)),
            key=lambda row: (row.at, row.id),
            reverse=True,
        )
        return found[asked.skip : asked.skip + asked.limit]

    async def how_many(self, asked: AuditAsked, *, at_most: int | None = None) -> int:
        found = await self.where(lambda row: self._is_asked(row, asked))
        return len(found[:at_most])

    async def about(
        self, objects: Collection[str], people_in: Collection[str] = ()
    ) -> list[AuditRow]:
        def is_meant(row: AuditRow) -> bool:
            place, space, _ = row.about.partition(" ")
            return row.about in objects or bool(space and place in people_in)

        found = await self.where(is_meant)
        return sorted(found, key=lambda row: (row.at, row.id), reverse=True)

    def _is_asked(self, row: AuditRow, asked: AuditAsked) -> bool:
        in_no_hub = row.who in asked.colleagues or bool({*row.hubs} & {*asked.hubs})
        return (
            (row.hub in asked.hubs if row.hub else in_no_hub)
            and asked.who in {None, row.who}
            and asked.what in {None, row.what}
            and asked.about in {None, row.told_of}
            and (asked.start is None or asked.start <= row.at)
            and (asked.end is None or row.at < asked.end)
        )


class InMemoryAuditChain(InMemoryCollection[Block]):
    """See ports.AuditChain; rows are stored as the committer stores them."""

    def __init__(self, console: "InMemoryConsole") -> None:
        super().__init__("audit_chain")
        self._console = console

    async def last(self) -> Block | None:
        return self.entities[max(self.entities)] if self.entities else None

    async def asked(self) -> list[str]:
        return [row_id for collection, row_id in self._console.due if collection == "audit_seals"]

    async def sealed_among(self, row_ids: Collection[str]) -> set[str]:
        return {entry.row for block in self.entities.values() for entry in block.entries} & {
            *row_ids
        }

    async def rows(self, row_ids: Collection[str]) -> Sequence[Row]:
        stored = [row for row in self.stored_rows() if row["_id"] in row_ids]
        return sorted(stored, key=lambda row: (row["at"], row["_id"]))

    async def after(self, row_id: str, limit: int) -> Sequence[Row]:
        rows = sorted(self.stored_rows(), key=lambda row: str(row["_id"]))
        return [row for row in rows if row["_id"] > row_id][:limit]

    def stored_rows(self) -> list[dict[str, Any]]:
        """Return the trail as MongoDB holds it."""
        found = []
        for row in self._console.audit.entities.values():
            document = TypeAdapter(AuditRow).dump_python(row, mode="json")
            found.append({"_id": document.pop("id"), **document})
        return found


class InMemoryConsole(InMemoryStore):
    """Everything the console stores; commits as the committer would."""

    def __init__(self) -> None:
        self.audit = InMemoryAuditTrail("audit")
        people, groups = InMemoryPeople("people"), InMemoryCollection[Group]("groups")
        self.known = Knowledge(
            matches=InMemoryMatches(
                "matches",
                people=lambda v: {str(m.participant_id) for m in v.state.panel + v.state.reserves},
                status=lambda v: v.state.status,
            ),
            announced=InMemoryViews[AnnouncedView](
                "announced", people=lambda _: set(), status=lambda _: ""
            ),
            draws=InMemoryViews[DrawView]("draws", people=lambda _: set(), status=lambda _: ""),
            changes=InMemoryViews[ChangeView](
                "changes", people=lambda v: {str(v.state.participant_id)}, status=lambda _: ""
            ),
            sessions=InMemoryViews[SessionView](
                "sessions",
                people=lambda v: {str(each.participant_id) for each in v.state.attendees},
                status=lambda v: v.state.status,
            ),
            invitations=InMemoryInvitations(
                "invitations",
                people=lambda v: {str(v.state.participant_id)},
                status=lambda v: v.state.answer,
            ),
            engagements=InMemoryViews[EngagementView](
                "engagements", people=lambda _: set(), status=lambda v: v.state.status
            ),
            messages=InMemoryViews[MessageView](
                "messages",
                people=lambda v: {str(v.state.participant_id)},
                status=lambda v: v.state.status,
            ),
            people=people,
            contacts=InMemoryCollection[ContactView]("contacts"),
            times=InMemoryCollection[TimesView]("times"),
            details=InMemoryCollection[DetailsView]("details"),
            erasures=InMemoryCollection[ErasureView]("erasures"),
            access_requests=InMemoryAccessRequests("access_requests"),
            figures=InMemoryViews[FigureView](
                "figures", people=lambda _: set(), status=lambda _: ""
            ),
            trace=InMemoryTrace("trace"),
            staff=InMemoryStaff("staff"),
            browsers=InMemoryBrowsers("browsers"),
            half_signed_in=InMemoryPassing[HalfSignedIn]("half_signed_in"),
            last_sign_ins=InMemoryCollection[LastSignIn]("last_sign_ins"),
            one_time_codes=InMemoryCollection[OneTimeCodes]("one_time_codes"),
            failed_sign_ins=InMemoryTries("failed_sign_ins"),
            calendar_links=InMemoryCalendarLinks("calendar_links"),
            previews=InMemoryCollection[PreviewView]("previews"),
            films=InMemoryCollection[FilmView]("films"),
            chances=InMemoryChances("chances"),
            what_ifs=InMemoryWhatIfs("what_ifs"),
            askings=InMemoryAskings(people, groups),
            groups=groups,
            quota_answers=InMemoryCollection[QuotaAnswers]("quota_answers"),
            outreach=InMemoryCollection[OutreachView]("outreach"),
            refusals=InMemoryCollection[Refusal]("refusals"),
            overview=InMemoryOverview(self),
            audit=self.audit,
            chain=InMemoryAuditChain(self),
        )
        kept = (getattr(self.known, name) for name in Knowledge.__dataclass_fields__)
        super().__init__(*(each for each in kept if isinstance(each, InMemoryCollection)))

    @property
    def audited(self) -> list[tuple[str, str, str]]:
        """Who did what to which object, oldest first."""
        return [(row.who, row.what, row.about) for row in self.audit.entities.values()]


class CommitsInMemory:
    """See shared.committer.Commits."""

    def __init__(self, console: InMemoryConsole) -> None:
        self._console = console
        self._handled: set[str] = set()

    async def commit(self, message_id: str, work: Work) -> Outcome:
        if message_id in self._handled:
            return Outcome.DUPLICATE
        self._console.commit(await work())
        self._handled.add(message_id)
        return Outcome.DONE


class PlainOpener:
    """Opens every sealed contact with the cards it was given, by participant id."""

    def __init__(self) -> None:
        self.cards: dict[str, ContactCard] = {}
        self.sealed_here: dict[str, ContactCard] = {}

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        if sealed.ciphertext in self.sealed_here:
            return self.sealed_here[sealed.ciphertext]
        return self.cards.get(str(sealed.participant_id))

    async def seal_anew(self, participant_id: UUID, card: ContactCard) -> SealedContact | None:
        if str(participant_id) not in self.cards:
            return None
        name = f"sealed {len(self.sealed_here)}"
        self.sealed_here[name] = card
        return SealedContact(participant_id=participant_id, nonce="n", ciphertext=name)
