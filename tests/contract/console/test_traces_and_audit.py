"""What happened and what staff did is found by what it was about, in the order of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.console.ports import AuditAsked, AuditRow
from services.console.store.traces import NEWEST_FIRST, _audited
from shared.changes import Changes
from shared.contracts.sessions import ReplyNeedsGiven
from shared.mongo import Database
from tests.builders.console import BEFORE_THE_SAMPLES_END
from tests.builders.console_knowledge import Subject, match_at, on_mongo
from tests.builders.events import an_event

HOUR = timedelta(hours=1)


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
