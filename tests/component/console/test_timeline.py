"""What happened to an engagement, told in words and counted, without anybody's name."""

from datetime import timedelta
from uuid import uuid4

from services.console.api.words.timeline import ONCE_OR_MORE, SAID
from services.console.ports import Role
from services.console.queries.timeline import DRAWN, LEFT_OUT, MESSAGES
from shared.contracts import ALL_EVENTS
from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.matches import (
    MatchApproved,
    MatchChangeRequested,
    MatchFellShort,
    MatchProposed,
)
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationIssued,
    SessionAnnounced,
    SessionRescheduled,
    SessionUpdated,
)
from shared.contracts.submissions import SubmissionAccepted
from tests.builders.console import BEFORE_THE_SAMPLES_END, ConsoleInMemory, a_member
from tests.builders.events import an_event

PUBLISHED = an_event(EngagementPublished)
ENGAGEMENT = PUBLISHED.data.engagement_id
PAGE = f"/engagements/{ENGAGEMENT}/timeline"
OF_IT = {"engagement_id": ENGAGEMENT}
PROPOSED = an_event(MatchProposed, data=OF_IT, subject=str(an_event(MatchProposed).data.match_id))
AT = BEFORE_THE_SAMPLES_END


async def shown(console: ConsoleInMemory, path: str = PAGE) -> str:
    async with console.signed_in() as browser:
        return (await browser.get(path)).text


async def test_all_that_happened_is_told_the_newest_first() -> None:
    console = ConsoleInMemory()
    session = an_event(SessionAnnounced).data.session_id
    await console.hear(
        an_event(
            SubmissionAccepted,
            data={"type": "wlc.engagement.submitted.v1", "aggregate_id": str(ENGAGEMENT)},
            time=AT,
        ),
        an_event(EngagementPublished, time=AT + timedelta(minutes=1)),
        an_event(MatchFellShort, data=OF_IT, time=AT + timedelta(minutes=2)),
        an_event(MatchProposed, data=OF_IT, time=AT + timedelta(minutes=3), sequence=2),
        an_event(
            SessionAnnounced, data=OF_IT, time=AT + timedelta(minutes=4), subject=str(session)
        ),
        an_event(SessionUpdated, data=OF_IT, time=AT + timedelta(minutes=5), subject=str(session)),
        an_event(
            SessionRescheduled,
            data=OF_IT,
            time=AT + timedelta(minutes=6),
            sequence=9,
            subject=str(session),
        ),
        an_event(EngagementOutcomeRecorded, data=OF_IT, time=AT + timedelta(minutes=7)),
    )

    page = await shown(console)

    told = [
        "The partner reported 1 figure",
        "Session 1 was moved",
        "Session 1 was announced",
        "The panel was drawn again, and waits for a decision",
        "A panel was drawn, and is short of people",
        "The engagement was published",
        "The partner sent something about this engagement",
    ]
    places = [page.index(each) for each in told]
    assert places == sorted(places)
    assert "updated" not in page


async def test_what_is_alike_within_a_minute_is_counted() -> None:
    console = ConsoleInMemory()
    await console.hear(PUBLISHED)
    for number in range(12):
        ids = {**OF_IT, "invitation_id": uuid4(), "participant_id": uuid4()}
        message = {**ids, "message_id": uuid4(), "kind": "invitation", "channel": "sms"}
        at = AT + timedelta(seconds=40 * number)
        await console.hear(
            an_event(InvitationIssued, data=ids, time=at, subject=str(ids["invitation_id"])),
            an_event(NotificationSent, data=message, time=at, subject=str(message["message_id"])),
        )
    late = {**OF_IT, "invitation_id": uuid4()}
    await console.hear(an_event(InvitationAccepted, data=late, time=AT + timedelta(hours=2)))

    page = await shown(console)

    assert page.count("12 people were invited") == 1
    assert page.count("12 messages went out: invitation, by text message") == 1
    assert page.count("1 person said yes") == 1
    assert "12 on their way" in page


async def test_staff_are_named_and_people_are_not() -> None:
    console = ConsoleInMemory()
    await console.hear(PUBLISHED, PROPOSED)
    someone = PROPOSED.data.panel[0]
    async with console.signed_in() as browser:
        match = f"/matches/{PROPOSED.data.match_id}"
        page = (await browser.get(match)).text
        person = page.split(f'href="{match}/people/')[1].split('"')[0]
        seen = {"sequence": str(PROPOSED.sequence), "choice": "safety"}
        assert (await browser.post(f"{match}/people/{person}", data=seen)).status_code == 303
        sent = {"sequence": str(PROPOSED.sequence), "choice": "draw_again"}
        await browser.post(match, data={**sent, "reason": "wrong_people"})

    page = await shown(console)

    assert "amina left 1 person out" in page
    assert "safety" in page
    assert "amina sent the panel back" in page
    assert str(someone.participant_id) not in page
    assert someone.participant_reference not in page


async def test_an_approval_by_staff_is_told_once_and_one_by_rule_says_so() -> None:
    console = ConsoleInMemory()
    await console.hear(PUBLISHED, PROPOSED)
    async with console.signed_in() as browser:
        match = f"/matches/{PROPOSED.data.match_id}"
        await browser.post(match, data={"sequence": str(PROPOSED.sequence), "choice": "approve"})
    [approved] = console.said(MatchApproved)
    await console.hear(approved)
    by_staff = await shown(console)
    decision = {**an_event(MatchApproved).data.model_dump(mode="json"), "match": PROPOSED.data}
    await console.hear(an_event(MatchApproved, data=decision, source="matching", time=AT))

    by_rule = await shown(console)

    assert by_staff.count("approved the panel") == 1
    assert "automatically" not in by_staff
    assert "approved automatically" in by_rule


async def test_a_decision_of_staff_that_is_passed_on_later_is_not_called_automatic() -> None:
    console = ConsoleInMemory()
    await console.hear(PUBLISHED, PROPOSED)
    async with console.signed_in() as browser:
        match = f"/matches/{PROPOSED.data.match_id}"
        await browser.post(match, data={"sequence": str(PROPOSED.sequence), "choice": "approve"})
    [approved] = console.said(MatchApproved)
    later = approved.time + timedelta(minutes=10)
    await console.hear(approved.model_copy(update={"time": later}))

    page = await shown(console)

    assert "amina approved the panel" in page
    assert "passed on: people are invited" in page
    assert "automatically" not in page


async def test_calls_and_what_became_of_messages_are_told_with_who_rang() -> None:
    console = ConsoleInMemory()
    call = an_event(NotificationCallNeeded, data=OF_IT)
    failed = an_event(NotificationFailed, data=OF_IT)
    await console.hear(PUBLISHED, call, failed)
    async with console.signed_in() as browser:
        await browser.post(f"/calls/{call.data.message_id}/tried")
        await browser.post(f"/calls/{call.data.message_id}/done")

    page = await shown(console)

    assert "amina rang, and nobody picked up" in page
    assert "amina made 1 call" in page
    assert "1 message failed" in page
    assert "1 call made" in page


async def test_what_was_kept_before_engagements_were_noted_is_found_by_its_subject() -> None:
    console = ConsoleInMemory()
    change = an_event(MatchChangeRequested, data=OF_IT)
    await console.hear(PUBLISHED, an_event(InvitationIssued, data=OF_IT), change)
    trace = console.stored.known.trace.entities  # type: ignore[attr-defined]
    for entry in trace.values():
        object.__setattr__(entry, "engagement_id", None)
        if entry.type.startswith("wlc.invitation"):
            subject = str(an_event(InvitationIssued).data.invitation_id)
            object.__setattr__(entry, "subject", subject)

    assert "1 person was invited" in await shown(console)


async def test_a_timeline_of_another_hub_is_not_there() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("lena", hubs=("lambeth",), roles=(Role.VIEWER,), token="st_l"))
    await console.hear(PUBLISHED)

    async with console.signed_in("lena") as browser:
        refused = await browser.get(PAGE)

    assert refused.status_code == 404


async def test_a_long_timeline_has_pages() -> None:
    console = ConsoleInMemory()
    await console.hear(PUBLISHED)
    for number in range(60):
        at = AT + timedelta(hours=number)
        await console.hear(
            an_event(InvitationIssued, data={**OF_IT, "invitation_id": uuid4()}, time=at)
        )

    first, second = await shown(console), await shown(console, f"{PAGE}?page=2")

    assert first.count("1 person was invited") == 50
    assert second.count("1 person was invited") == 10
    assert "Older" in first


def test_every_event_that_there_is_has_words_or_is_left_out() -> None:
    names = {each.TYPE.removeprefix("wlc.").rpartition(".v")[0] for each in ALL_EVENTS}

    kinds = {(DRAWN | MESSAGES).get(each, each) for each in names - LEFT_OUT}

    assert kinds - ONCE_OR_MORE.keys() - SAID.keys() == set()
    assert names >= LEFT_OUT


async def test_what_if_somebody_were_left_out_is_not_told_twice() -> None:
    console = ConsoleInMemory()
    about = {"match_id": PROPOSED.data.match_id}
    await console.hear(
        PUBLISHED,
        PROPOSED,
        an_event(MatchWhatIfAsked, data=about, subject=PROPOSED.subject),
        an_event(MatchWhatIfAnswered, data=about, subject=PROPOSED.subject),
    )

    assert "what if" not in await shown(console)
