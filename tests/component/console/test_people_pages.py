"""The page of a participant: what they need and took part in, and who it is when asked for."""

from uuid import uuid4

import pytest

from services.console.ports import Role
from services.console.use_cases.naming import pseudonym
from shared.contracts.draws import MatchChancesRemembered
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.messages import NotificationFailed, NotificationSent
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
)
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationIssued,
    SessionAnnounced,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

ISSUED = an_event(InvitationIssued).data
WHO = ISSUED.participant_id
PAGE = f"/people/{WHO}"
HER = {"participant_id": WHO}
CALLED = {"references": [{"publisher": "trust", "reference": "NWL-P-77"}]}
REGISTERED = an_event(
    ParticipantRegistered,
    subject=str(WHO),
    data={
        **HER,
        **CALLED,
        "needs": ["441092009"],
        "languages": [{"code": "so", "interpreter": True}],
        "consents": {"involvement": {"version": "2026-01", "given_at": "2026-01-05T09:00:00Z"}},
        "contact_preference": {"times": [{"day": "mon", "from": "09:00", "to": "12:00"}]},
        "availability": {
            "weekly": [{"day": "tue", "from": "17:00", "to": "21:00"}],
            "except": [{"from": "2027-02-01", "to": "2027-02-14"}],
            "term_time_only": True,
        },
    },
)
CARD = ContactCard(
    display_name="Amal Yusuf",
    address_as="Amal",
    contacts=(Contact(channel=Channel.PHONE, value="+447700900123", preferred=True),),
)


async def a_console(*events: object, **options: frozenset[str]) -> ConsoleInMemory:
    console = ConsoleInMemory(**options)
    console.opener.cards[str(WHO)] = CARD
    await console.hear(REGISTERED, an_event(ParticipantContactChanged, data=HER), *events)  # type: ignore[arg-type]
    return console


async def shown(console: ConsoleInMemory, path: str = PAGE) -> str:
    async with console.signed_in() as browser:
        return (await browser.get(path)).text


async def test_what_a_person_needs_and_when_they_can_come_is_told_by_reference() -> None:
    page = await shown(await a_console())

    assert "NWL-P-77" in page
    assert page.index("Lip reads") < page.index("When they can come")
    assert "An interpreter. Languages: Somali" in page
    assert "Monday 9am to 12pm" in page
    assert "Tuesday 5pm to 9pm" in page
    assert "Monday 1 February 2027 to Sunday 14 February 2027" in page
    assert "School holidays" in page
    assert "To be asked to take part" in page
    assert "Version 2026-01" in page


async def test_neither_name_nor_contacts_are_on_the_page_until_they_are_asked_for() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        before = await browser.get(PAGE)
        asked = await browser.post(f"{PAGE}/card")
        after = await browser.get(PAGE)

    assert "Amal" not in before.text + after.text
    assert "Amal Yusuf" in asked.text
    assert "07700 900123" in asked.text
    assert asked.headers["cache-control"] == "no-store"
    looked = [row for row in console.stored.audited if row[1] == "looked_at_person"]
    assert looked == [("amina", "looked_at_person", str(WHO))]


async def test_a_page_shows_engagements_in_which_the_person_said_yes_with_all_of_them() -> None:
    session = an_event(SessionAnnounced, data={"engagement_id": ISSUED.engagement_id})
    place = {**session.data.attendees[0].model_dump(), **HER, "attended": True, "hours": 1.5}
    held = session.data.model_dump(mode="json") | {
        "attendees": [{**place, "answer": "accepted"}],
    }
    sent = {**HER, "engagement_id": ISSUED.engagement_id, "kind": "accepted"}
    console = await a_console(
        an_event(InvitationAccepted, data=ISSUED.model_dump() | {"answer": "accepted"}),
        an_event(SessionAnnounced, data=held),
        an_event(NotificationSent, data=sent),
    )

    page = await shown(console)

    assert ISSUED.title in page
    assert "Yes, 1.5 hours" in page
    assert "Accepted" in page
    assert "other engagement" not in page


@pytest.mark.parametrize("kind", [InvitationIssued, InvitationDeclined])
async def test_where_a_person_is_a_code_their_page_only_counts(
    kind: type[InvitationIssued],
) -> None:
    answer = an_event(kind).data.answer
    sent = {**HER, "engagement_id": ISSUED.engagement_id, "kind": "invitation"}
    console = await a_console(
        an_event(kind, data=ISSUED.model_dump() | {"answer": answer}),
        an_event(NotificationSent, data=sent),
    )

    page = await shown(console)

    assert "They were invited to 1 other engagement," in page
    assert ISSUED.title not in page
    assert "Sent" not in page
    assert pseudonym(str(ISSUED.engagement_id), str(WHO)) not in page


async def test_whom_staff_had_to_see_to_is_known_there() -> None:
    failed = {**HER, "engagement_id": ISSUED.engagement_id, "invitation_id": ISSUED.invitation_id}
    console = await a_console(an_event(InvitationIssued), an_event(NotificationFailed, data=failed))

    page = await shown(console)

    assert ISSUED.title in page
    assert "Failed" in page


async def test_a_hub_that_always_names_people_shows_all_their_engagements() -> None:
    console = await a_console(
        an_event(InvitationIssued), named_before_yes=frozenset({"west-london"})
    )

    assert ISSUED.title in await shown(console)


async def test_the_chance_a_person_had_shows_only_where_they_may_be_known() -> None:
    told = an_event(MatchChancesRemembered)
    had = {**told.data.chances[0].model_dump(), **HER}
    elsewhere = {"engagement_id": uuid4(), "draw_id": uuid4(), "title": "Elsewhere"}
    here = {"engagement_id": ISSUED.engagement_id, "chances": [had]}
    console = await a_console(
        an_event(InvitationAccepted, data=ISSUED.model_dump() | {"answer": "accepted"}),
        an_event(MatchChancesRemembered, data=here),
        an_event(MatchChancesRemembered, data={"chances": [had], **elsewhere}),
    )

    page = await shown(console)

    assert "What chance they had" in page
    assert told.data.title in page
    assert "Elsewhere" not in page


async def test_who_left_is_shown_as_that_and_who_was_erased_not_at_all() -> None:
    left = an_event(ParticipantLeft, data={**HER, **CALLED, "status": "left"}, sequence=8)
    console = await a_console(left)
    before = await shown(console)
    said = {**HER, "service": "matching"}
    await console.hear(
        an_event(ParticipantErased, data=HER, subject=HER["participant_id"], sequence=9)
    )
    await console.hear(an_event(ErasureConfirmed, data=said))

    async with console.signed_in() as browser:
        page = (await browser.get(PAGE)).text
        refused = await browser.post(f"{PAGE}/card")

    assert "Has left" in before
    assert "asked to be forgotten" in page
    assert "Forgotten by matching" in page
    assert "intake, scheduling, notification, console" in page
    assert "NWL-P-77" not in page
    assert "Show who this is" not in page
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("hubs", "role", "status"),
    [(("lambeth",), Role.LEAD, 404), (("west-london",), Role.VIEWER, 403)],
)
async def test_only_who_may_know_people_of_the_hub_sees_them(
    hubs: tuple[str, ...], role: Role, status: int
) -> None:
    console = await a_console()
    console.employ(a_member("lena", hubs=hubs, roles=(role,), token="st_l"))

    async with console.signed_in("lena") as browser:
        refused = [await browser.get(PAGE), await browser.post(f"{PAGE}/card")]

    assert [each.status_code for each in refused] == [status, status]
    assert not [row for row in console.stored.audited if row[1] == "looked_at_person"]


async def test_a_session_leads_to_the_pages_of_those_alone_who_said_yes() -> None:
    yes, silent = uuid4(), uuid4()
    first, second = an_event(SessionAnnounced).data.attendees[:2]
    attendees = [
        first.model_copy(update={"participant_id": yes, "answer": "accepted"}),
        second.model_copy(update={"participant_id": silent, "answer": "invited"}),
    ]
    session = an_event(SessionAnnounced, data={"attendees": attendees})
    console = await a_console(session)
    console.employ(a_member("vi", roles=(Role.VIEWER,), token="st_v"))
    path = f"/sessions/{session.data.session_id}"

    page = await shown(console, path)
    async with console.signed_in("vi") as browser:
        viewed = (await browser.get(path)).text

    assert f"/people/{yes}" in page
    assert str(silent) not in page
    assert "/people/" not in viewed


async def test_who_came_is_noted_without_telling_who_the_people_are() -> None:
    session = an_event(SessionAnnounced)
    console = await a_console(session)
    assert session.data.starts_at is not None
    console.clock.at = session.data.starts_at

    page = await shown(console, f"/sessions/{session.data.session_id}/attendance")

    assert 'name="came"' in page
    ids = [str(each.participant_id) for each in session.data.attendees]
    assert [each for each in ids if each in page] == []


async def test_all_that_a_person_agreed_to_and_took_back_is_told_with_who_said_so() -> None:
    given = {"purpose": "monitoring", "version": "2026-01", "by": "trust", "step": "given"}
    ledger = [
        {**given, "at": "2026-01-05T09:00:00Z", "again": "2026-03-05T09:00:00Z"},
        {**given, "step": "withdrawn", "by": "themselves", "at": "2026-04-01T08:00:00Z"},
    ]
    data = {**HER, **CALLED, "consent_ledger": ledger}
    console = await a_console(an_event(ParticipantUpdated, data=data, sequence=9))

    page = await shown(console)

    _, _, table = page.partition("All they agreed to and took back")
    lines = table.partition("</table>")[0]
    assert lines.index("Taken back") < lines.index("Agreed")
    assert all(each in lines for each in ("Version 2026-01", "Themselves", "trust", "last said"))
