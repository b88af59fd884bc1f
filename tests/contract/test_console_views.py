from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.console.handlers import build_handlers
from services.console.ports import (
    Asked,
    AuditAsked,
    AuditRow,
    CalendarLink,
    CallTry,
    Counts,
    FailedSignIns,
    HalfSignedIn,
    How,
    Knowledge,
    LastSignIn,
    OneTimeCodes,
    PreviewView,
    Role,
    Shown,
    SignedIn,
    WhatIfView,
    Whose,
)
from services.console.store import INDEXES, mongo_knowledge
from services.console.store.traces import NEWEST_FIRST, _audited
from services.console.use_cases.accounts import keep_accounts
from services.console.use_cases.quota_answers import as_told, set_apart
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.draws import (
    MatchChancesRemembered,
    MatchWhatIfAnswered,
    MatchWhatIfAsked,
)
from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.matches import MatchChangeRequested, MatchFellShort, MatchProposed
from shared.contracts.messages import NotificationCallNeeded, NotificationSent
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantRegistered,
    ParticipantStatus,
    ParticipantUpdated,
)
from shared.contracts.previews import FilmSupplied, PreviewRendered, PreviewRequested
from shared.contracts.sessions import (
    Answer,
    InvitationDeclined,
    InvitationIssued,
    ReplyNeedsGiven,
    SessionAnnounced,
)
from shared.facts import Facts
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.console import BEFORE_THE_SAMPLES_END, a_member
from tests.builders.events import an_event
from tests.fakes.console import InMemoryConsole
from tests.fakes.console_rows import match_row

HOUR = timedelta(hours=1)


@dataclass
class Subject:
    """What the console knows, on whatever it is stored."""

    known: Knowledge
    commit: Callable[[Changes], Awaitable[None]]

    async def hear(self, *events: Event) -> None:
        handlers = build_handlers(self.known, Facts("console"))
        for event in events:
            await self.commit(await handlers._of_event[event.TYPE](event))


@pytest.fixture
async def subject(place: Database | None) -> Subject:
    return in_memory() if place is None else await on_mongo(place)


def in_memory() -> Subject:
    console = InMemoryConsole()

    async def commit(changes: Changes) -> None:
        console.commit(changes)

    return Subject(console.known, commit)


async def on_mongo(database: Database) -> Subject:
    for name, indexes in {**INDEXES, "inbox": [], "outbox": []}.items():
        await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(list(indexes))

    async def commit(changes: Changes) -> None:
        await Transaction(database).run([str(uuid4())], changes.writes, [])

    return Subject(mongo_knowledge(database), commit)


def match_at(number: int, **changes: Any) -> MatchProposed:
    match_id, engagement_id = uuid4(), uuid4()
    data = {"match_id": match_id, "engagement_id": engagement_id, **changes.pop("data", {})}
    at = BEFORE_THE_SAMPLES_END + timedelta(minutes=number)
    return an_event(MatchProposed, data=data, subject=str(match_id), time=at, **changes)


def call_at(number: int) -> NotificationCallNeeded:
    message_id, at = uuid4(), BEFORE_THE_SAMPLES_END + timedelta(minutes=number)
    data = {"message_id": message_id, "at": at}
    return an_event(NotificationCallNeeded, data=data, subject=str(message_id), time=at)


async def test_a_view_comes_back_as_it_was_kept(subject: Subject) -> None:
    event = an_event(MatchProposed)

    await subject.hear(event)

    view = await subject.known.matches.get(str(event.data.match_id))
    assert view is not None
    assert await as_told(view, subject.known) == event.data
    assert (view.sequence, view.version) == (event.sequence, 1)
    assert view.at == event.time


async def test_a_match_with_answers_inside_is_found_until_they_are_set_apart(
    subject: Subject,
) -> None:
    first, second = match_at(1), match_at(2)
    await subject.hear(first, second)
    view = await subject.known.matches.get(first.subject)
    assert view is not None
    inside = replace(view, state=first.data)
    await subject.commit(Changes((subject.known.matches.keep(inside),)))

    found = await subject.known.matches.with_answers_inside(10)
    await subject.commit(await set_apart(subject.known))

    assert [each.id for each in found] == [first.subject]
    assert await subject.known.matches.with_answers_inside(10) == []


async def test_when_a_person_can_come_comes_back_as_it_was_said(subject: Subject) -> None:
    event = an_event(ParticipantUpdated)

    await subject.hear(event)

    view = await subject.known.times.get(str(event.data.participant_id))
    assert view is not None
    assert (view.availability, view.reminders) == (event.data.availability, event.data.reminders)
    assert (view.sequence, view.given) == (event.sequence, 0)


async def test_what_a_person_may_correct_comes_back_as_it_was_kept(subject: Subject) -> None:
    event = an_event(ParticipantUpdated)
    await subject.hear(event)
    who = str(event.data.participant_id)
    view = await subject.known.details.get(who)
    assert view is not None
    said = an_event(ReplyDetailsGiven).data
    own = replace(
        view,
        sealed=said.sealed,
        needs_dropped=said.needs_dropped,
        given=2,
        asked=1,
        asked_at=(BEFORE_THE_SAMPLES_END,),
    )

    await subject.commit(Changes((subject.known.details.keep(own),)))

    again = await subject.known.details.get(who)
    assert again == replace(own, version=own.version + 1)
    assert (view.languages, view.needs) == (event.data.languages, event.data.needs)
    assert (view.consents, view.contact_preference) == (
        event.data.consents,
        event.data.contact_preference,
    )


async def test_figures_are_listed_by_engagement_and_the_newest_of_each_stands(
    subject: Subject,
) -> None:
    work, elsewhere = {"engagement_id": uuid4()}, {"engagement_id": uuid4()}
    first = an_event(EngagementOutcomeRecorded, data=work, subject="a", sequence=1)
    newer = an_event(EngagementOutcomeRecorded, data=work | {"value": 9}, subject="a", sequence=2)
    other = an_event(EngagementOutcomeRecorded, data=elsewhere, subject="b")

    await subject.hear(newer, first, other)

    asked = Asked(hubs=(first.hub,), engagement_id=str(work["engagement_id"]))
    assert [each.state.value for each in await subject.known.figures.listed(asked)] == [9]


async def test_lists_are_of_the_hubs_asked_for_newest_first(subject: Subject) -> None:
    first, second, elsewhere = match_at(1), match_at(2), match_at(3, hub="lambeth")
    await subject.hear(second, first, elsewhere)

    listed = await subject.known.matches.listed(Asked(hubs=("west-london",)))
    both = await subject.known.matches.how_many(Asked(hubs=("west-london", "lambeth")))
    up_to_one = await subject.known.matches.how_many(Asked(hubs=("west-london",)), at_most=1)
    nothing = await subject.known.matches.listed(Asked(hubs=()))
    newest = await subject.known.matches.rows(Asked(hubs=("west-london", "brent"), limit=1))
    oldest = await subject.known.matches.rows(Asked(hubs=("west-london",), skip=1, limit=1))

    assert [view.event_id for view in listed] == [second.id, first.id]
    assert (both, up_to_one, nothing) == (3, 1, [])
    assert newest == [match_row(listed[0])]
    assert oldest == [match_row(listed[1])]


async def test_lists_are_filtered_by_status_engagement_and_time(subject: Subject) -> None:
    proposed, short = match_at(1), an_event(MatchFellShort)
    await subject.hear(proposed, short)
    hubs, views = ("west-london",), subject.known.matches

    of_status = await views.listed(Asked(hubs=hubs, statuses=("short", "approved")))
    of_engagement = await views.listed(
        Asked(hubs=hubs, engagement_id=str(proposed.data.engagement_id))
    )
    of_time = await views.listed(
        Asked(hubs=hubs, start=proposed.time, end=proposed.time + timedelta(seconds=1))
    )
    since = await views.listed(Asked(hubs=hubs, start=proposed.time))
    until = await views.listed(Asked(hubs=hubs, end=proposed.time))
    too_early = await views.listed(
        Asked(hubs=hubs, start=proposed.time - timedelta(seconds=9), end=proposed.time)
    )

    assert [view.event_id for view in of_status] == [short.id]
    assert [view.event_id for view in of_engagement] == [proposed.id]
    assert [view.event_id for view in of_time] == [proposed.id]
    assert [view.event_id for view in since] == [proposed.id]
    assert [view.event_id for view in until] == [short.id]
    assert too_early == []


async def test_an_engagement_is_found_by_its_publisher_s_reference(subject: Subject) -> None:
    published = an_event(EngagementPublished)
    other = an_event(EngagementPublished, data={"engagement_id": uuid4(), "reference": "other"})
    await subject.hear(published, other)
    engagements, hubs = subject.known.engagements, ("west-london",)

    found = await engagements.listed(Asked(hubs=hubs, reference=published.data.reference))
    elsewhere = await engagements.listed(
        Asked(hubs=("lambeth",), reference=published.data.reference)
    )

    assert [view.id for view in found] == [str(published.data.engagement_id)]
    assert elsewhere == []


async def test_a_call_that_was_tried_is_still_to_make_and_keeps_the_try(subject: Subject) -> None:
    call = call_at(1)
    await subject.hear(call)
    messages, tried = subject.known.messages, CallTry(by="amina", at=call.time)
    stored = await messages.get(str(call.data.message_id))
    assert stored is not None
    await subject.commit(Changes((messages.keep(replace(stored, tries=(tried,))),)))

    [to_make] = await messages.listed(
        Asked(hubs=("west-london",), statuses=("to_call",), undone=True)
    )

    assert to_make.tries == (tried,)


async def test_calls_that_were_made_take_no_place_in_the_list_of_those_to_make(
    subject: Subject,
) -> None:
    first, second = call_at(1), call_at(2)
    await subject.hear(first, second, an_event(NotificationSent))
    messages = subject.known.messages
    made = await messages.get(str(first.data.message_id))
    assert made is not None
    await subject.commit(Changes((messages.keep(replace(made, done_by="amina")),)))

    [to_make] = await messages.listed(
        Asked(hubs=("west-london",), statuses=("to_call",), undone=True, oldest_first=True, limit=1)
    )

    assert to_make.event_id == second.id


async def test_a_list_is_cut_into_pages(subject: Subject) -> None:
    events = [match_at(number) for number in range(5)]
    await subject.hear(*events)
    asked = Asked(hubs=("west-london",), oldest_first=True, limit=2)

    pages = [await subject.known.matches.listed(replace(asked, skip=skip)) for skip in (0, 2, 4)]

    assert [view.event_id for page in pages for view in page] == [event.id for event in events]


async def test_everything_about_a_person_is_found_and_forgotten(subject: Subject) -> None:
    issued, session = an_event(InvitationIssued), an_event(SessionAnnounced)
    proposed, sent = an_event(MatchProposed), an_event(NotificationSent)
    who = str(issued.data.participant_id)
    await subject.hear(issued, session, proposed, sent)

    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    known = subject.known
    assert await known.invitations.get(str(issued.data.invitation_id)) is None
    match = await known.matches.get(str(proposed.data.match_id))
    assert match is not None
    assert match.state.panel[0].participant_reference == "erased"
    [attended] = await known.sessions.about_person(who)
    assert attended.state.attendees[0].participant_reference == "erased"
    assert await known.messages.about_person(who) == []


async def test_what_staff_want_is_found_by_engagement_and_person_and_forgotten(
    subject: Subject,
) -> None:
    change, other = an_event(MatchChangeRequested), uuid4()
    elsewhere = an_event(
        MatchChangeRequested, data={"engagement_id": other}, subject=str(uuid4()), hub="lambeth"
    )
    await subject.hear(change, elsewhere)
    known, who = subject.known.changes, str(change.data.participant_id)

    of_engagement = await known.listed(
        Asked(hubs=("west-london",), engagement_id=str(change.data.engagement_id))
    )
    of_person = await known.about_person(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    assert [(view.id, view.state) for view in of_engagement] == [(change.subject, change.data)]
    assert {view.id for view in of_person} == {change.subject, elsewhere.subject}
    assert await known.about_person(who) == []


async def test_a_person_is_found_by_any_reference_in_their_hub_until_they_are_erased(
    subject: Subject,
) -> None:
    called = [
        {"publisher": "trust", "reference": "T-1"},
        {"publisher": "council", "reference": "C"},
    ]
    here, there = (
        an_event(
            ParticipantRegistered, hub=hub, data={"participant_id": uuid4(), "references": called}
        )
        for hub in ("west-london", "lambeth")
    )
    await subject.hear(here, there)
    who, people = str(here.data.participant_id), subject.known.people
    stored = await people.get(str(there.data.participant_id))
    assert stored is not None
    as_before = replace(stored, references=())
    await subject.commit(Changes((people.keep(as_before),)))

    found = [await people.known_as(reference, "west-london") for reference in ("T-1", "C", "T")]
    kept_before = [await people.known_as(reference, "lambeth") for reference in ("T-1", "C")]
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))
    erased = [await people.known_as(reference, "west-london") for reference in ("C", "erased")]

    assert [[person.id for person in each] for each in found] == [[who], [who], []]
    assert [[person.id for person in each] for each in kept_before] == [[stored.id], []]
    assert erased == [[], []]


async def test_a_trace_is_told_in_the_order_of_time(subject: Subject) -> None:
    later, earlier = match_at(2, correlationid="c"), match_at(1, correlationid="c")
    await subject.hear(later, earlier, match_at(3, correlationid="other"))

    trace = await subject.known.trace.of("c")

    assert [entry.id for entry in trace] == [earlier.id, later.id]


async def test_a_trace_knows_what_is_about_an_id_and_takes_several_causes(
    subject: Subject,
) -> None:
    first, second = match_at(1, correlationid="c"), match_at(2, correlationid="d")
    await subject.hear(first, second)
    trace = subject.known.trace

    about_match, about_event = await trace.about(first.subject), await trace.about(second.id)
    both, none = await trace.of("c", "d"), await trace.of()

    assert [entry.id for entry in about_match] == [first.id]
    assert [entry.id for entry in about_event] == [second.id]
    assert [entry.id for entry in both] == [first.id, second.id]
    assert none == []


async def test_what_happened_to_an_engagement_is_found_by_it_and_by_its_parts(
    subject: Subject,
) -> None:
    about = match_at(1)
    engagement_id, part = str(about.data.engagement_id), str(uuid4())
    reply = an_event(ReplyNeedsGiven, subject=part, time=about.time + timedelta(minutes=1))
    await subject.hear(about, reply, match_at(2))

    of_it = await subject.known.trace.of_engagement(engagement_id, ())
    with_parts = await subject.known.trace.of_engagement(engagement_id, {part})

    assert [(each.id, each.engagement_id) for each in of_it] == [(about.id, engagement_id)]
    assert [each.id for each in with_parts] == [reply.id, about.id]


async def test_what_staff_did_is_found_by_what_it_was_about(subject: Subject) -> None:
    audit, now = subject.known.audit, BEFORE_THE_SAMPLES_END

    def row(name: str, about: str, minutes: int) -> AuditRow:
        at = now + timedelta(minutes=minutes)
        return AuditRow(id=name, who="amina", what="did", about=about, hub="brent", at=at)

    rows = [row("a", "m-1", 1), row("b", "m-1 person", 2), row("c", "m-10", 3), row("d", "s", 4)]
    await subject.commit(Changes(tuple(audit.keep(each) for each in rows)))

    of_objects = await audit.about({"m-1", "s"})
    with_people = await audit.about({"s"}, {"m-1"})

    assert [each.id for each in of_objects] == ["d", "a"]
    assert [each.id for each in with_people] == ["d", "b"]


async def test_chances_are_found_by_person_the_newest_first_and_forgotten(
    subject: Subject,
) -> None:
    told = an_event(MatchChancesRemembered)
    later = an_event(
        MatchChancesRemembered,
        data={"draw_id": uuid4(), "drawn_at": told.data.drawn_at + timedelta(days=1)},
        subject=str(uuid4()),
    )
    await subject.hear(told, later)
    who, other = (str(each.participant_id) for each in told.data.chances[:2])
    chances = subject.known.chances

    found = await chances.about_person(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    assert [row.draw_id for row in found] == [str(later.data.draw_id), str(told.data.draw_id)]
    assert (found[1].chance, found[1].drawn_as) == (0.0952, "panel")
    assert found[1].drawn_at == told.data.drawn_at
    assert await chances.about_person(who) == []
    assert len(await chances.about_person(other)) == 2


async def test_where_the_people_of_an_engagement_stand_is_read_together(subject: Subject) -> None:
    issued = an_event(InvitationIssued)
    person = an_event(ParticipantRegistered, data={"participant_id": issued.data.participant_id})
    away = {"engagement_id": uuid4(), "invitation_id": uuid4()}
    declined = {**issued.data.model_dump(mode="json"), "answer": "declined", "asked": 2}
    other = {"invitation_id": uuid4(), "participant_id": uuid4()}
    await subject.hear(
        issued,
        person,
        an_event(InvitationIssued, data=away),
        an_event(InvitationDeclined, data={**declined, **other}),
    )
    view = await subject.known.invitations.get(str(issued.data.invitation_id))
    assert view
    answered = replace(view, said=Answer.ACCEPTED, left=True)
    await subject.commit(Changes((subject.known.invitations.keep(answered),)))

    engagement_id, hub = str(issued.data.engagement_id), issued.hub
    invited = await subject.known.invitations.invited_to(engagement_id, hub)
    elsewhere = await subject.known.invitations.invited_to(engagement_id, "brent")
    who = str(issued.data.participant_id)
    standings = await subject.known.people.standings([who, "nobody"])

    known = {each.participant_id: each for each in invited}
    mine, others = known[issued.data.participant_id], known[other["participant_id"]]
    assert len(invited) == 2
    assert mine == answered.invited
    assert (mine.answer, mine.left, mine.said_yes) == (Answer.ACCEPTED, True, False)
    assert (others.answer, others.asked, others.left) == (Answer.DECLINED, 2, False)
    assert elsewhere == []
    assert {each: (one.reference, one.status) for each, one in standings.items()} == {
        who: (person.data.references[0].reference, ParticipantStatus.ACTIVE)
    }


async def test_a_question_is_found_by_everybody_whom_it_or_its_answer_names(
    subject: Subject,
) -> None:
    answered, asked = an_event(MatchWhatIfAnswered), an_event(MatchWhatIfAsked).data
    what_ifs, out = subject.known.what_ifs, str(asked.participant_id)
    at = BEFORE_THE_SAMPLES_END
    question = WhatIfView(
        id=answered.subject, hub="west-london", asked_by="amina", asked_at=at, asked=asked
    )
    await subject.commit(Changes((what_ifs.keep(question),)))
    await subject.hear(answered)
    comes_in = str(answered.data.moves[1].participant_id)

    found = [await what_ifs.about_person(who) for who in (out, comes_in, str(uuid4()))]
    await subject.hear(an_event(ParticipantErased, data={"participant_id": comes_in}))
    blanked = await what_ifs.get(question.id)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": out}))

    assert [[each.answered for each in some] for some in found] == [
        [answered.data],
        [answered.data],
        [],
    ]
    assert blanked is not None
    assert blanked.answered is not None
    assert comes_in not in {str(each.participant_id) for each in blanked.answered.moves}
    assert await what_ifs.get(question.id) is None


async def test_accounts_follow_their_file(subject: Subject) -> None:
    amina, ben = replace(a_member(), version=0), replace(a_member("ben", token="b"), version=0)
    moved = replace(amina, roles={"lambeth": (Role.VIEWER,)})
    known = subject.known
    await subject.commit(await keep_accounts([amina, ben], known))
    unchanged = await keep_accounts([amina, ben], known)

    await subject.commit(await keep_accounts([moved], known))

    [left] = await known.staff.everyone()
    assert unchanged.writes == ()
    assert (left.id, left.roles) == ("amina", {"lambeth": (Role.VIEWER,)})
    assert await known.staff.by_token(amina.token_sha256 or "") == left
    assert await known.staff.by_token(ben.token_sha256 or "") is None


async def test_an_account_is_found_by_what_its_provider_calls_it(subject: Subject) -> None:
    amina = replace(a_member(), version=0, oidc="7f0c", password_hash=None)
    ben = replace(a_member("ben", token="b"), version=0)
    await subject.commit(await keep_accounts([amina, ben], subject.known))

    found = await subject.known.staff.by_oidc("7f0c")

    assert found == replace(amina, version=1)
    assert found.fingerprint == amina.fingerprint
    assert await subject.known.staff.by_oidc("") is None
    assert await subject.known.staff.by_oidc("other") is None


async def test_sign_ins_come_back_as_they_were_kept_and_are_found_when_old(
    subject: Subject,
) -> None:
    known, now, minute = subject.known, BEFORE_THE_SAMPLES_END, timedelta(minutes=1)
    half = HalfSignedIn(id="h", username="amina", since=now, account="a", wanted="/matches")
    tries = FailedSignIns(id="t", count=2, since=now, username="amina", most=5, until=now + minute)
    of_nobody = FailedSignIns(id="u", count=1, since=now + minute)
    browser = SignedIn(
        id="b", username="amina", since=now, seen_at=now, account="a", how=How.PROVIDER
    )
    writes = (
        known.half_signed_in.keep(half),
        known.failed_sign_ins.keep(tries),
        known.failed_sign_ins.keep(of_nobody),
        known.browsers.keep(browser),
    )
    await subject.commit(Changes(writes))

    assert await known.half_signed_in.begun_before(now) == []
    assert await known.half_signed_in.begun_before(now + minute) == [replace(half, version=1)]
    assert await known.failed_sign_ins.begun_before(now + minute) == [replace(tries, version=1)]
    assert await known.failed_sign_ins.about("amina") == [replace(tries, version=1)]
    assert await known.browsers.begun_before(now + minute) == [replace(browser, version=1)]


async def test_codes_and_the_last_sign_in_come_back_as_they_were_kept(subject: Subject) -> None:
    known, now = subject.known, BEFORE_THE_SAMPLES_END
    codes = OneTimeCodes(id="amina", sealed="s", since=now, last_step=7, recovery=("a", "b"))
    last = LastSignIn(id="amina", at=now, how=How.CODE)
    await subject.commit(
        Changes((known.one_time_codes.keep(codes), known.last_sign_ins.keep(last)))
    )

    assert await known.one_time_codes.get("amina") == replace(codes, version=1)
    assert await known.last_sign_ins.get("amina") == replace(last, version=1)


async def test_the_browsers_of_a_member_of_staff_are_found(subject: Subject) -> None:
    now = BEFORE_THE_SAMPLES_END
    mine = SignedIn(id="a", username="amina", since=now, seen_at=now)
    other = SignedIn(id="b", username="ben", since=now, seen_at=now)
    browsers = subject.known.browsers
    await subject.commit(Changes((browsers.keep(mine), browsers.keep(other))))

    found = await browsers.of("amina")

    assert found == [replace(mine, version=1)]


async def test_links_to_calendars_are_listed_by_hub_the_newest_first(subject: Subject) -> None:
    def link(name: str, hub: str, hours: int) -> CalendarLink:
        shown = Shown(hub=hub, whose=Whose.HUB, id=hub, name="All sessions")
        made_at = BEFORE_THE_SAMPLES_END + timedelta(hours=hours)
        return CalendarLink(id=name, shown=shown, made_by="amina", made_at=made_at)

    links = subject.known.calendar_links
    made = [link("old", "brent", 0), link("new", "brent", 1), link("theirs", "ealing", 2)]
    await subject.commit(Changes(tuple(links.keep(each) for each in made)))

    found = await links.of_hubs(("brent",))

    assert [each.id for each in found] == ["new", "old"]
    assert found[0] == replace(made[1], version=1)


def a_preview_asked(name: str = "p-1") -> PreviewView:
    wanted = an_event(PreviewRequested).data
    return PreviewView(
        id=name,
        hub="west-london",
        asked_by="amina",
        asked_at=BEFORE_THE_SAMPLES_END,
        wanted=wanted,
    )


async def test_a_preview_is_kept_until_it_is_written_and_after(subject: Subject) -> None:
    event = an_event(PreviewRendered)
    previews, asked = subject.known.previews, a_preview_asked(event.subject)
    await subject.commit(Changes((previews.keep(asked),)))

    before = await previews.get(event.subject)
    await subject.hear(event)

    assert before == replace(asked, version=1)
    assert await previews.get(event.subject) == replace(asked, rendered=event.data, version=2)


async def test_a_preview_goes_after_a_day_by_itself(database: Database) -> None:
    subject = await on_mongo(database)

    await subject.commit(Changes((subject.known.previews.keep(a_preview_asked()),)))

    indexes = await database["previews"].index_information()
    stored = await database["previews"].find_one({})
    assert indexes["goes_at_1"]["expireAfterSeconds"] == 0
    assert stored is not None
    assert stored["goes_at"] == BEFORE_THE_SAMPLES_END + timedelta(days=1)


async def test_a_film_comes_back_as_it_was_supplied(subject: Subject) -> None:
    event = an_event(FilmSupplied)

    await subject.hear(event)

    film = await subject.known.films.get(event.subject)
    assert film is not None
    assert (film.state, film.sequence) == (event.data, event.sequence)


async def test_who_was_asked_is_counted_by_every_value_that_holds_of_them(
    subject: Subject,
) -> None:
    first, second = uuid4(), uuid4()
    told = {"kind": "invitation", "channel": "sms", "instead_of": None}
    invitation = uuid4()
    asked = {"invitation_id": invitation, "participant_id": first}
    await subject.hear(
        an_event(
            ParticipantRegistered,
            data={"participant_id": first, "needs": ["a", "b"], "monitoring": {"sex": "female"}},
        ),
        an_event(ParticipantRegistered, data={"participant_id": second, "consents": {}}),
        an_event(InvitationIssued, data=asked),
        an_event(NotificationSent, data={**told, **asked}),
        an_event(InvitationIssued, data={"invitation_id": uuid4(), "participant_id": second}),
        an_event(InvitationIssued, hub="lambeth", data={"invitation_id": uuid4()}),
    )
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12)]

    before, until, found = await subject.known.askings.counted("west-london", moments)

    counts = {(each.feature, each.value): each.counts for each in found}
    once, silent = Counts(asked=1, told=1, reached=1), Counts(asked=1)
    needs = an_event(ParticipantRegistered).data.needs
    assert counts == {
        ("all", ""): Counts(asked=2, told=1, reached=1),
        ("first", ""): Counts(asked=2, told=1, reached=1),
        ("channel", "sms"): once,
        ("channel", ""): silent,
        ("need", "a"): once,
        ("need", "b"): once,
        **{("need", need): silent for need in needs},
        ("age_band", "25-44"): once,
        ("borough", "Ealing"): once,
        ("sex", "female"): once,
    }
    assert before == until == []


async def test_who_was_asked_before_is_not_asked_for_the_first_time(subject: Subject) -> None:
    who, days = uuid4(), (1, 2, 32)
    for day in days:
        at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=day)
        ids = {"invitation_id": uuid4(), "participant_id": who}
        await subject.hear(
            an_event(InvitationIssued, time=at, data={**ids, "issued_at": at.isoformat()})
        )
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12)]

    found = await subject.known.askings.counted("west-london", moments)

    counts = [{each.feature: each.counts.asked for each in until} for until in found]
    assert [each.get("all", 0) for each in counts] == [0, 2, 3]
    assert [each.get("first", 0) for each in counts] == [0, 1, 1]


async def test_whom_an_invitation_reached_is_found_by_person_and_forgotten(
    subject: Subject,
) -> None:
    issued = an_event(InvitationIssued)
    who = str(issued.data.participant_id)
    await subject.hear(an_event(ParticipantRegistered), issued)
    askings, groups = subject.known.askings, subject.known.groups

    [row] = await askings.about_person(who)
    group = await groups.get(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}, sequence=2))

    assert (row.id, row.told) == (str(issued.data.invitation_id), False)
    assert group is not None
    assert await askings.about_person(who) == []
    assert await groups.get(who) is None


async def test_the_audit_trail_is_read_by_match_but_not_by_person_and_by_hubs_of_the_time(
    subject: Subject,
) -> None:
    trail, at = subject.known.audit, datetime(2026, 11, 20, 9, tzinfo=UTC)
    rows = [
        AuditRow(id=str(place), who="kim", what=what, about=about, hub=hub, at=at, hubs=hubs)
        for place, (what, about, hub, hubs) in enumerate(
            [
                ("match_approved", "m-1", "brent", ()),
                ("person_left_out", "m-1 p-1", "brent", ()),
                ("person_left_out", "m-10 p-1", "brent", ()),
                ("exported", "reach 2026-10", "brent", ()),
                ("signed_in", "kim", None, ("brent", "ealing")),
                ("signed_in", "kim", None, ("ealing",)),
            ]
        )
    ]
    await subject.commit(Changes(tuple(trail.keep(row) for row in rows)))

    async def found(about: str) -> set[str]:
        return {row.id for row in await trail.rows(AuditAsked(hubs=("brent",), about=about))}

    of_match, of_file, signed_in = (
        await found("m-1"),
        await found("reach 2026-10"),
        await found("kim"),
    )

    assert (of_match, of_file, signed_in) == ({"0", "1"}, {"3"}, {"4"})
    assert await found("m-1 p-1") == await found("p-1") == set()


async def test_the_audit_trail_is_read_by_hub_and_account_newest_first(subject: Subject) -> None:
    trail, at = subject.known.audit, datetime(2026, 11, 20, 9, tzinfo=UTC)
    rows = [
        AuditRow(id=str(place), who=who, what=what, about="m", hub=hub, at=at + place * HOUR)
        for place, (who, what, hub) in enumerate(
            [
                ("amina", "match_approved", "west-london"),
                ("ben", "match_approved", "lambeth"),
                ("amina", "signed_in", None),
                ("ben", "signed_in", None),
                ("amina", "call_made", "west-london"),
            ]
        )
    ]
    await subject.commit(Changes(tuple(trail.keep(row) for row in rows)))
    asked = AuditAsked(hubs=("west-london",), colleagues=("amina",))

    newest_first = [row.id for row in await trail.rows(asked)]
    by_what = await trail.rows(replace(asked, what="call_made"))
    by_time = await trail.rows(replace(asked, start=at, end=at + HOUR))

    assert newest_first == ["4", "2", "0"]
    assert [row.id for row in by_what] == ["4"]
    assert [row.id for row in by_time] == ["0"]
    assert [row.id for row in await trail.rows(replace(asked, limit=1, skip=1))] == ["2"]
    assert await trail.how_many(asked) == 3
    assert await trail.how_many(asked, at_most=2) == 2


async def test_the_newest_page_of_the_trail_reads_no_more_than_it_shows(database: Database) -> None:
    subject, at = await on_mongo(database), BEFORE_THE_SAMPLES_END
    rows = [
        AuditRow(
            id=f"{number:03}",
            who="amina",
            what="call_made",
            about="m",
            hub=("west-london", "lambeth")[number % 2],
            at=at,
        )
        for number in range(200)
    ]
    await subject.commit(Changes(tuple(subject.known.audit.keep(row) for row in rows)))
    asked = AuditAsked(hubs=("west-london", "lambeth"), colleagues=("amina",), limit=9)

    shown = [row.id for row in await subject.known.audit.rows(asked)]
    read = await database.command(
        "explain",
        {"find": "audit", "filter": _audited(asked), "sort": dict(NEWEST_FIRST), "limit": 9},
        verbosity="executionStats",
    )

    assert shown == [f"{number:03}" for number in range(199, 190, -1)]
    assert read["executionStats"]["totalDocsExamined"] <= len(shown) + 1
