"""What the console heard comes back, and is listed by hub, filter and page, on fake and MongoDB."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from services.console.ports import Asked, CallTry
from services.console.use_cases.quota_answers import as_told, set_apart
from shared.changes import Changes
from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.matches import MatchFellShort, MatchProposed
from shared.contracts.messages import NotificationSent
from tests.builders.console_knowledge import Subject, call_at, match_at
from tests.builders.events import an_event
from tests.fakes.console_rows import match_row


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
