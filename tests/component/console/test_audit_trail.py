"""The audit trail: leads read it, page and JSON alike; nobody else does, and nobody changes it."""

from datetime import timedelta

import pytest

from services.console.api.staff import audit
from services.console.ports import AuditTrail, Role
from services.console.use_cases.audit import noted
from shared.contracts.matches import MatchProposed
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

LAMBETH = "lambeth"


async def decided() -> ConsoleInMemory:
    console = ConsoleInMemory()
    console.employ(a_member("ben", hubs=(LAMBETH,), token="st_ben"))
    match = an_event(MatchProposed)
    await console.hear(match)
    async with console.signed_in() as browser:
        seen = {"sequence": match.sequence, "choice": "approve"}
        await browser.post(f"/matches/{match.data.match_id}", data=seen)
    return console


async def test_a_lead_reads_who_did_what_and_is_led_to_it() -> None:
    async with (await decided()).signed_in() as browser:
        shown = (await browser.get("/audit")).text

    match_id = an_event(MatchProposed).data.match_id
    assert "Approved a panel" in shown
    assert f'href="/matches/{match_id}"' in shown
    assert "amina" in shown


async def test_what_was_done_in_another_hub_is_not_shown() -> None:
    async with (await decided()).signed_in("ben") as browser:
        shown = (await browser.get("/audit")).text

    assert "Approved a panel" not in shown.split("</form>")[-1]
    assert "amina" not in shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR, Role.OPERATOR])
async def test_only_leads_read_the_trail(role: Role) -> None:
    console = await decided()
    console.employ(a_member("kim", roles=(role,), token="st_kim"))

    async with console.signed_in("kim") as browser, console.scripted("st_kim") as script:
        page, rows = await browser.get("/audit"), await script.get("/v1/audit")

    assert (page.status_code, rows.status_code) == (403, 403)


async def test_rows_are_found_by_who_what_and_day() -> None:
    console = await decided()
    console.clock.pass_by(timedelta(days=1))
    tomorrow = console.clock.now.date().isoformat()

    async with console.scripted() as script:
        rows = (await script.get("/v1/audit", params={"what": "match_approved"})).json()
        of_ben = (await script.get("/v1/audit", params={"who": "ben"})).json()
        since = (await script.get("/v1/audit", params={"day": tomorrow})).json()

    assert [(row["who"], row["what"], row["hub"]) for row in rows] == [
        ("amina", "match_approved", "west-london")
    ]
    assert of_ben == since == []


async def test_a_day_that_is_none_is_named_and_what_was_typed_stays() -> None:
    async with (await decided()).signed_in() as browser:
        shown = await browser.get("/audit", params={"day": "tomorrow", "who": "amina"})

    assert shown.status_code == 422
    assert "Enter a day such as 2026-11-20" in shown.text
    assert 'value="amina"' in shown.text


async def with_somebody_left_out() -> tuple[ConsoleInMemory, str, str]:
    console, match = ConsoleInMemory(), an_event(MatchProposed)
    await console.hear(match)
    who, known, facts = match.data.panel[0].participant_id, console.stored.known, console.facts
    about = f"{match.data.match_id} {who}"
    row = noted(
        known.audit, facts, who="amina", what="person_left_out", about=about, hub="west-london"
    )
    console.stored.commit(row)
    return console, str(match.data.match_id), str(who)


async def test_the_trail_names_the_match_and_not_who_was_changed_in_it() -> None:
    console, match_id, who = await with_somebody_left_out()

    async with console.signed_in() as browser, console.scripted() as script:
        shown = (await browser.get("/audit", params={"what": "person_left_out"})).text
        [row] = (await script.get("/v1/audit", params={"what": "person_left_out"})).json()

    assert f'<a href="/matches/{match_id}">{match_id}</a>' in shown
    assert row["about"] == match_id
    assert who not in shown
    assert [kept.about for kept in console.stored.audit.entities.values() if who in kept.about]


async def test_what_was_changed_in_a_match_is_found_by_the_match_and_never_by_a_person() -> None:
    console, match_id, who = await with_somebody_left_out()

    async with console.scripted() as script:
        found = [
            [row["what"] for row in (await script.get("/v1/audit", params={"about": each})).json()]
            for each in (match_id, who, f"{match_id} {who}", match_id[:-1])
        ]

    assert found == [["person_left_out"], [], [], []]


async def test_who_signed_in_is_told_to_leads_of_their_hubs_after_the_account_is_gone() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", hubs=(LAMBETH,), token="st_ben"))
    console.employ(a_member("kim", hubs=(LAMBETH,), token="st_kim"))
    async with console.visited() as browser:
        await browser.post("/sign-in", data={"username": "kim", "password": "wrong"})
    async with console.signed_in("kim"):
        pass
    del console.stored.known.staff.entities["kim"]  # type: ignore[attr-defined]

    async with console.scripted("st_ben") as script:
        there = (await script.get("/v1/audit", params={"who": "kim"})).json()
    async with console.scripted() as script:
        elsewhere = (await script.get("/v1/audit", params={"who": "kim"})).json()

    assert {row["what"] for row in there} == {"signed_in", "sign_in_refused"}
    assert elsewhere == []


def test_the_trail_has_no_way_to_change_or_remove_a_row() -> None:
    assert not hasattr(AuditTrail, "drop")
    assert not hasattr(AuditTrail, "get")


async def test_of_a_long_trail_it_is_said_that_there_may_be_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "PAGE_ROWS", 2)
    monkeypatch.setattr(audit, "PAGES_COUNTED", 1)
    console = ConsoleInMemory()
    for _ in range(5):
        async with console.signed_in() as browser:
            first, second = [(await browser.get(f"/audit?page={page}")).text for page in (1, 2)]

    assert len(console.stored.audited) == 5
    assert "Page 1 of 2 or more<" in first
    assert "Page 2 of 3<" in second


async def test_days_the_wrong_way_round_are_said_to_be_and_both_stay() -> None:
    async with (await decided()).signed_in() as browser:
        page = await browser.get("/audit", params={"day": "2026-11-21", "to": "2026-11-20"})

    assert page.status_code == 422
    assert '<a href="#to">The last day must not be before the first day</a>' in page.text
    assert 'value="2026-11-21"' in page.text
    assert 'value="2026-11-20"' in page.text


async def test_one_day_alone_is_said_to_be_that_day() -> None:
    async with (await decided()).signed_in() as browser:
        page = await browser.get("/audit", params={"day": "2026-11-20"})

    assert "The day, or the first of several" in page.text
    assert "The last of several" in page.text


async def test_a_filter_that_there_is_not_is_named_and_not_passed_over() -> None:
    console = await decided()

    async with console.signed_in() as browser, console.scripted() as script:
        page = await browser.get("/audit", params={"from": "2026-11-20"})
        answer = await script.get("/v1/audit", params={"from": "2026-11-20", "limit": 5})

    assert (page.status_code, answer.status_code) == (422, 422)
    assert "“from” in the address is not known here" in page.text
    assert "Known are who, what, about, day, to" in page.text
    assert "Approved a panel" not in page.text.split("</form>")[-1]
    assert answer.json()["detail"] == "This request cannot be read: see /from."


async def test_what_is_done_in_no_hub_is_said_to_be() -> None:
    async with (await decided()).signed_in() as browser:
        shown = (await browser.get("/audit", params={"what": "signed_in"})).text

    assert ">Not in a hub<" in shown
    assert ">None<" not in shown
