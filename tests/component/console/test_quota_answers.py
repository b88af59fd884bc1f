"""What people answered about equality is apart from all that staff see by name."""

from dataclasses import replace

from services.console.ports import MatchView, QuotaAnswers
from services.console.use_cases.quota_answers import set_apart
from shared.contracts.matches import MatchApproved, MatchCancelled, MatchProposed, MatchState
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantRegistered,
    ParticipantUpdated,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

ANSWER = "mixed-white-and-asian"


def proposed() -> MatchProposed:
    event = an_event(MatchProposed, sequence=1)
    panel = tuple(
        each.model_copy(update={"features": {"ethnicity": ANSWER}}) for each in event.data.panel
    )
    return event.model_copy(update={"data": event.data.model_copy(update={"panel": panel})})


async def approve(console: ConsoleInMemory, match: MatchState) -> MatchApproved:
    async with console.scripted() as client:
        answer = await client.post(f"/v1/matches/{match.match_id}/approve", json={"sequence": 1})
    assert answer.status_code < 300, answer.text
    [event] = console.said(MatchApproved)
    assert isinstance(event, MatchApproved)
    return event


def stored_match(console: ConsoleInMemory) -> MatchView:
    [view] = console.stored.known.matches.entities.values()  # type: ignore[attr-defined]
    assert isinstance(view, MatchView)
    return view


def apart(console: ConsoleInMemory) -> list[QuotaAnswers]:
    return list(console.stored.known.quota_answers.entities.values())  # type: ignore[attr-defined]


async def test_no_page_and_no_script_shows_what_anybody_answered() -> None:
    console, event = ConsoleInMemory(), proposed()

    await console.hear(event)

    path = f"/matches/{event.data.match_id}"
    async with console.signed_in() as browser:
        page = (await browser.get(path)).text
        person = page.split(f"{path}/people/")[1].split('"')[0]
        pages = page + (await browser.get(f"{path}/people/{person}")).text
    async with console.scripted() as client:
        [told] = (await client.get("/v1/matches")).json()
    assert ANSWER not in pages
    assert "White and Asian" not in pages
    assert [each["features"] for each in told["panel"]] == [{}] * len(event.data.panel)
    assert ANSWER not in repr(stored_match(console))


async def test_a_decision_repeats_the_answers_and_then_they_are_gone() -> None:
    console, event = ConsoleInMemory(), proposed()
    await console.hear(event)

    told = await approve(console, event.data)

    assert told.data.match.panel == event.data.panel
    assert apart(console) == []


async def test_of_a_match_that_is_over_no_answer_is_kept() -> None:
    console, event = ConsoleInMemory(), proposed()
    over = event.data.model_copy(update={"status": "cancelled"})

    await console.hear(event)
    assert len(apart(console)) == 1
    await console.hear(an_event(MatchCancelled, sequence=2).model_copy(update={"data": over}))

    assert apart(console) == []


async def test_what_an_erased_person_answered_is_gone_and_is_told_no_more() -> None:
    console, event = ConsoleInMemory(), proposed()
    who = event.data.panel[0].participant_id
    await console.hear(event)

    await console.hear(an_event(ParticipantErased, data={"participant_id": who}, sequence=2))

    assert str(who) not in {person for row in apart(console) for person in row.of}
    told = await approve(console, event.data)
    assert told.data.match.panel[0].features == {}


async def test_a_match_that_was_kept_with_the_answers_inside_is_rewritten() -> None:
    console, event = ConsoleInMemory(), proposed()
    await console.hear(event)
    inside = replace(stored_match(console), state=event.data)
    console.stored.known.matches.entities[inside.id] = inside  # type: ignore[attr-defined]

    console.stored.commit(await set_apart(console.stored.known))

    assert ANSWER not in repr(stored_match(console))
    assert (await set_apart(console.stored.known)).writes == ()
    assert (await approve(console, event.data)).data.match.panel == event.data.panel


async def test_answers_of_who_takes_their_consent_back_are_gone_before_the_next_draw() -> None:
    console, event = ConsoleInMemory(), proposed()
    who = event.data.panel[0].participant_id
    agreed = {"monitoring": {"version": "2026-01", "given_at": "2026-01-05T09:00:00Z"}}
    of_them = {"participant_id": who}
    await console.hear(
        an_event(ParticipantRegistered, data={**of_them, "consents": agreed}, sequence=1), event
    )

    await console.hear(an_event(ParticipantUpdated, data={**of_them, "consents": {}}, sequence=2))

    assert str(who) not in {person for row in apart(console) for person in row.of}
