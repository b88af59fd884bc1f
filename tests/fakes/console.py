"""The console's stores in memory, and who commits to them."""

from uuid import UUID

from services.console.ports import (
    AnnouncedView,
    ChangeView,
    ContactView,
    DetailsView,
    DrawView,
    EngagementView,
    ErasureView,
    FigureView,
    FilmView,
    Group,
    HalfSignedIn,
    Knowledge,
    LastSignIn,
    MessageView,
    OneTimeCodes,
    OutreachView,
    PreviewView,
    QuotaAnswers,
    Refusal,
    SessionView,
    TimesView,
)
from shared.committer import Outcome, Work
from shared.contracts.participants import ContactCard, SealedContact
from tests.fakes.console_accounts import (
    InMemoryBrowsers,
    InMemoryCalendarLinks,
    InMemoryPassing,
    InMemoryStaff,
    InMemoryTries,
)
from tests.fakes.console_rows import InMemoryOverview
from tests.fakes.console_trail import InMemoryAuditChain, InMemoryAuditTrail, InMemoryTrace
from tests.fakes.console_views import (
    InMemoryAccessRequests,
    InMemoryAskings,
    InMemoryChances,
    InMemoryInvitations,
    InMemoryMatches,
    InMemoryPeople,
    InMemoryViews,
    InMemoryWhatIfs,
)
from tests.fakes.store import InMemoryCollection, InMemoryStore


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
