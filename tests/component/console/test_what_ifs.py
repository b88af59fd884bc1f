"""Staff look at what leaving a person out would bring, and nothing changes by it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.console.ports import Role
from services.console.use_cases.match_people import pair_id
from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.matches import MatchApproved, MatchChangeRequested, MatchProposed
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
)
from shared.contracts.sessions import InvitationIssued
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

MATCH = an_event(MatchProposed)
SAMPLE = an_event(MatchWhatIfAnswered).data
OUT = SAMPLE.participant_id
PAGE = f"/matches/{MATCH.subject}"
COMES_IN, STANDS_BY = (each.participant_id for each in SAMPLE.moves[1:])


def page_of(who: UUID) -> str:
    """Return where the person of the match is looked at and changed."""
    return f"{PAGE}/people/{pair_id(MATCH.data.match_id, who)}"


async def proposed() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(MATCH)
    return console


async def asked(
    browser: httpx.AsyncClient, who: UUID = OUT, *, sequence: int = MATCH.sequence
) -> httpx.Response:
    form = {"sequence": str(sequence), "person": pair_id(MATCH.data.match_id, who)}
    return await browser.post(f"{PAGE}/what-ifs", data=form)


def answer(console: ConsoleInMemory, *, hub: str = "west-london", **data: Any) -> Any:
    """What matching says to what was asked last."""
    question = console.said(MatchWhatIfAsked)[-1].data
    return an_event(
        MatchWhatIfAnswered,
        data={**question.model_dump(mode="json"), **data},
        subject=str(question.what_if_id),
        hub=hub,
    )


def of_person(kind: type[Any], who: UUID, **data: Any) -> Any:
    return an_event(kind, data={"participant_id": who, **data}, subject=str(who), sequence=9)


async def test_a_question_goes_to_matching_with_an_audit_row_and_leaves_the_match_alone() -> None:
    console = await proposed()
    before = dict(console.stored.known.matches.entities)  # type: ignore[attr-defined]

    async with console.signed_in() as browser:
        went = await asked(browser)

    [event] = console.said(MatchWhatIfAsked)
    question = event.data
    assert (question.match_id, question.participant_id) == (MATCH.data.match_id, OUT)
    assert question.match_sequence == MATCH.sequence
    assert (event.subject, event.hub) == (str(question.what_if_id), "west-london")
    assert went.status_code == 303
    assert went.headers["location"] == f"/what-ifs/{question.what_if_id}"
    assert ("amina", "what_if_asked", f"{MATCH.subject} {OUT}") in console.stored.audited
    assert console.stored.known.matches.entities == before  # type: ignore[attr-defined]
    assert console.said(MatchChangeRequested) == []


async def test_each_person_whom_staff_may_leave_out_has_the_button_and_nobody_else() -> None:
    console = await proposed()
    console.employ(a_member("vera", roles=(Role.VIEWER,), token="st_vera"))
    invited = an_event(
        InvitationIssued,
        data={"engagement_id": MATCH.data.engagement_id, "participant_id": OUT},
    )
    everybody = [page_of(each.participant_id) for each in (*MATCH.data.panel, *MATCH.data.reserves)]

    async with console.signed_in() as browser, console.signed_in("vera") as viewer:
        offered = [(await browser.get(each)).text.count("/what-ifs") for each in everybody]
        of_viewer = (await viewer.get(everybody[0])).status_code
        refused = await asked(viewer)
        await console.hear(invited)
        of_invited = (await browser.get(page_of(OUT))).text.count("/what-ifs")
        fixed = await asked(browser)

    assert offered == [1] * len(everybody)
    assert (of_viewer, of_invited) == (403, 0)
    assert refused.status_code == 403
    assert fixed.status_code == 409
    assert "cannot be changed for this person" in fixed.text
    assert console.said(MatchWhatIfAsked) == []


async def test_the_page_looks_again_by_itself_until_two_minutes_have_passed() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]

        at_first = (await browser.get(path)).text
        console.clock.pass_by(timedelta(seconds=121))
        late = (await browser.get(path)).text

    assert '<meta http-equiv="refresh" content="2">' in at_first
    assert "A panel is being drawn without" in at_first
    assert "http-equiv" not in late
    assert "Matching did not answer" in late


async def test_both_panels_stand_side_by_side_and_people_go_by_their_codes() -> None:
    console = await proposed()
    await console.hear(of_person(ParticipantRegistered, STANDS_BY, references=[]))
    assert SAMPLE.after
    figures = SAMPLE.after.model_dump(mode="json")
    gap = {
        "feature": "sex",
        "value": "female",
        "wanted": 2,
        "available": 1,
        "sentence": "One lacks.",
    }
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        women = {**figures["quotas"][0], "selected": 1}
        after = {**figures, "panel": 3, "quotas": [women], "unmet": [gap]}
        await console.hear(
            answer(
                console,
                before=SAMPLE.before,
                after=after,
                moves=[each.model_dump(mode="json") for each in SAMPLE.moves],
            )
        )

        page = (await browser.get(path)).text

    text = " ".join(page.split())
    for said in ("4 of 4", "3 of 4", "2 of 2", "0 of 2", "One lacks.", "7.14%", "7.27%", "0.096"):
        assert said in text, said
    assert "Everything that is asked for is met." in text
    assert text.count("Left out<") == 1
    assert "Reserve" in text
    for member in (*MATCH.data.panel, *MATCH.data.reserves):
        assert member.participant_reference not in text
    assert text.count("Person ") >= len(SAMPLE.moves)
    assert f'action="{page_of(OUT)}"' in text
    assert f'href="{PAGE}"' in text


async def test_leaving_the_person_out_is_one_form_away() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await asked(browser)
        form = {"sequence": str(MATCH.sequence), "choice": "safety"}
        went = await browser.post(page_of(OUT), data=form)

    assert went.headers["location"] == PAGE
    [change] = console.said(MatchChangeRequested)
    assert change.data.participant_id == OUT


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("match_moved_on", "The match changed before this could be drawn"),
        ("match_not_open", "does not wait for a decision any more"),
        ("person_fixed", "was invited already"),
        ("not_computed", "The draw could not be made"),
    ],
)
async def test_why_there_is_no_answer_is_said(fault: str, said: str) -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await console.hear(answer(console, before=None, after=None, moves=[], fault=fault))
        page = (await browser.get(path)).text

    assert said in page
    assert "Both panels" not in page
    assert "http-equiv" not in page


@pytest.mark.parametrize("news", ["drawn", "decided"])
async def test_an_answer_about_a_match_that_changed_since_says_so_and_offers_nothing(
    news: str,
) -> None:
    console = await proposed()
    decision = {"match": MATCH.data, "match_sequence": MATCH.sequence, "by": "ben"}
    changed = {
        "drawn": MATCH.model_copy(update={"id": "again", "sequence": MATCH.sequence + 1}),
        "decided": an_event(MatchApproved, data=decision, sequence=MATCH.sequence + 1),
    }
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await console.hear(answer(console, before=SAMPLE.before, after=SAMPLE.after), changed[news])
        page = (await browser.get(path)).text
        refused = await asked(browser)

    assert "The match has changed since" in page
    assert "/people" not in page
    assert refused.status_code == 409
    assert len(console.said(MatchWhatIfAsked)) == 1


async def test_another_hub_neither_asks_nor_sees_nor_answers() -> None:
    console = await proposed()
    console.employ(a_member("zoe", hubs=("lambeth",), token="st_zoe"))
    async with console.signed_in() as browser, console.signed_in("zoe") as other:
        path = (await asked(browser)).headers["location"]
        await console.hear(answer(console, hub="lambeth", before=SAMPLE.before, after=SAMPLE.after))
        answers = [await other.get(path), await asked(other)]
        page = (await browser.get(path)).text

    assert [each.status_code for each in answers] == [404, 404]
    assert "is being drawn" in page


async def test_a_second_answer_and_one_that_nobody_asked_for_change_nothing() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await console.hear(
            answer(console, before=SAMPLE.before, after=SAMPLE.after, moves=[]),
            answer(console, before=None, after=None, fault="not_computed"),
            an_event(MatchWhatIfAnswered, subject=str(uuid4())),
        )
        page = (await browser.get(path)).text

    assert "Nobody. The panel and the reserves would stay the same." in page
    assert len(console.stored.known.what_ifs.entities) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["erased", "answered"])
async def test_a_question_about_who_is_erased_is_gone_whichever_comes_first(first: str) -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        news = [of_person(ParticipantErased, OUT), answer(console, before=SAMPLE.before)]
        await console.hear(*(news if first == "erased" else reversed(news)))
        gone = await browser.get(path)

    assert gone.status_code == 404
    assert console.stored.known.what_ifs.entities == {}  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["erased", "answered"])
async def test_an_answer_says_nothing_of_who_is_erased_whichever_comes_first(first: str) -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        told = answer(console, before=SAMPLE.before, after=SAMPLE.after, moves=SAMPLE.moves)
        news = [of_person(ParticipantErased, STANDS_BY), told]
        await console.hear(*(news if first == "erased" else reversed(news)))
        page = await browser.get(path)

    [kept] = console.stored.known.what_ifs.entities.values()  # type: ignore[attr-defined]
    assert {each.participant_id for each in kept.answered.moves} == {OUT, COMES_IN}
    assert page.status_code == 200


async def test_who_has_left_is_not_called_by_a_name() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await console.hear(
            answer(console, before=SAMPLE.before, after=SAMPLE.after, moves=SAMPLE.moves),
            of_person(ParticipantLeft, COMES_IN, status="left"),
        )
        page = (await browser.get(path)).text

    assert "Somebody who has left" in page


async def test_nobody_can_be_left_out_while_a_decision_is_held() -> None:
    console = ConsoleInMemory(undo=timedelta(seconds=20))
    await console.hear(MATCH)
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await console.hear(answer(console, before=SAMPLE.before, after=SAMPLE.after))
        offered = (await browser.get(path)).text
        await browser.post(PAGE, data={"sequence": str(MATCH.sequence), "choice": "approve"})
        held = (await browser.get(path)).text

    assert "Leave this person out" in offered
    assert "Leave this person out" not in held
