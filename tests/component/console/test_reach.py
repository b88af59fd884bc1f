"""A hub sees whom it fails to reach, and nobody is found in its figures."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.messages import (
    NotificationCallNeeded,
    NotificationDelivered,
    NotificationFailed,
    NotificationSent,
)
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
)
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationAnotherTime,
    InvitationCancelled,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

HEARD = {"kind": "invitation", "channel": "email"}
BSL = "415803005"


class Someone:
    """A person who was asked, and the events about it."""

    def __init__(self, **about: Any) -> None:
        self.id, self.invitation, self.message = uuid4(), uuid4(), uuid4()
        self.about = {"participant_id": self.id, **about}

    def registered(self, sequence: int = 1, **changes: Any) -> ParticipantRegistered:
        data = {**self.about, **changes}
        return an_event(ParticipantRegistered, subject=str(self.id), sequence=sequence, data=data)

    def asked(self, event: Any = InvitationIssued, sequence: int = 1, **data: Any) -> Any:
        ids = {"participant_id": self.id, "invitation_id": self.invitation}
        return an_event(
            event, subject=str(self.invitation), sequence=sequence, data={**ids, **data}
        )

    def told(self, event: Any = NotificationSent, sequence: int = 1, **data: Any) -> Any:
        ids = {"participant_id": self.id, "invitation_id": self.invitation}
        message = data.pop("message_id", self.message)
        known = {**HEARD, "instead_of": None, **ids, "message_id": message, **data}
        return an_event(event, subject=str(message), sequence=sequence, data=known)


async def heard(people: Iterable[Someone], *more: Any) -> ConsoleInMemory:
    console = ConsoleInMemory()
    for each in people:
        await console.hear(each.registered(), each.asked(), each.told())
    await console.hear(*more)
    return console


async def read(console: ConsoleInMemory, **query: str) -> dict[str, Any]:
    async with console.scripted() as script:
        [found] = (await script.get("/v1/reach", params=query)).json()
    return dict(found)


def rows(found: dict[str, Any], feature: str) -> dict[str, Any]:
    [table] = [each for each in found["by"] if each["feature"] == feature]
    return {row["value"]: row for row in table["rows"]}


def steps(row: dict[str, Any]) -> list[int | None]:
    return [row[step] for step in ("asked", "told", "reached", "answered")]


async def test_each_step_counts_who_came_so_far() -> None:
    people = [Someone() for _ in range(40)]
    console = await heard(people)
    for each in people[:10]:
        failed = each.told(NotificationFailed, sequence=2, status="failed", provider="smtp")
        await console.hear(failed)
    for each in people[10:20]:
        await console.hear(each.asked(InvitationAccepted, sequence=2, answer="accepted"))
    silent = [Someone() for _ in range(20)]
    await console.hear(*(each.asked() for each in silent))

    found = await read(console)

    assert steps(found["everybody"]) == [60, 40, 30, 10]
    assert [found["everybody"][f"{s}_percent"] for s in ("told", "reached")] == [67, 50]


@pytest.mark.parametrize(
    ("event", "answer", "counts"),
    [
        (InvitationAccepted, "accepted", True),
        (InvitationDeclined, "declined", True),
        (InvitationAnotherTime, "another_time", True),
        (InvitationExpired, "expired", False),
        (InvitationCancelled, "cancelled", False),
    ],
)
async def test_an_answer_is_one_that_the_person_gave(
    event: Any, answer: str, *, counts: bool
) -> None:
    someone = Someone()

    console = await heard([someone], someone.asked(event, sequence=2, answer=answer))

    row = await console.stored.known.askings.get(str(someone.invitation))
    assert row is not None
    assert row.answered is counts


async def test_who_answered_and_was_called_off_later_has_answered() -> None:
    someone = Someone()
    answered = someone.asked(InvitationAccepted, sequence=2, answer="accepted")
    off = someone.asked(InvitationCancelled, sequence=3, answer="cancelled")

    console = await heard([someone], off, answered)

    row = await console.stored.known.askings.get(str(someone.invitation))
    assert row is not None
    assert row.answered


async def test_the_channel_is_that_of_the_first_message_whatever_came_first() -> None:
    someone, text = Someone(), uuid4()
    console = ConsoleInMemory()
    second = someone.told(channel="sms", message_id=text, instead_of=someone.message)
    failed = someone.told(NotificationFailed, sequence=2, status="failed")

    await console.hear(second, failed, someone.asked())

    row = await console.stored.known.askings.get(str(someone.invitation))
    assert row is not None
    assert (row.channel, row.told, row.reached) == ("email", True, True)


async def test_a_delivery_receipt_and_a_late_older_event_change_nothing_for_the_worse() -> None:
    someone = Someone()
    console = ConsoleInMemory()
    delivered = someone.told(NotificationDelivered, sequence=3, status="delivered")
    failed = someone.told(NotificationFailed, sequence=2, status="failed")

    await console.hear(someone.asked(), delivered, failed)

    row = await console.stored.known.askings.get(str(someone.invitation))
    assert row is not None
    assert (row.told, row.reached) == (True, True)


async def test_a_call_tells_nobody_before_it_is_made() -> None:
    someone = Someone()
    console = ConsoleInMemory()
    call = someone.told(NotificationCallNeeded, channel="call", status="to_call")
    await console.hear(someone.registered(), someone.asked(), call)
    before = await console.stored.known.askings.get(str(someone.invitation))

    async with console.signed_in() as browser:
        await browser.post(f"/calls/{someone.message}/tried")
        tried = await console.stored.known.askings.get(str(someone.invitation))
        await browser.post(f"/calls/{someone.message}/done")
    after = await console.stored.known.askings.get(str(someone.invitation))

    assert before is not None
    assert after is not None
    assert (before.told, before.reached) == (False, False)
    assert tried == before
    assert (after.told, after.reached, after.channel) == (True, True, "call")


async def test_people_are_counted_by_need_and_by_what_they_answered() -> None:
    signing = [Someone(needs=[BSL]) for _ in range(10)]
    others = [Someone(needs=[], monitoring={"sex": "male"}) for _ in range(20)]
    console = await heard([*signing, *others])

    found = await read(console)

    assert {need: row["asked"] for need, row in rows(found, "need").items()} == {BSL: 10, "": 20}
    assert {sex: row["asked"] for sex, row in rows(found, "sex").items()} == {
        "female": 10,
        "male": 20,
    }
    assert {who: row["asked"] for who, row in rows(found, "ethnicity").items()} == {
        "black": 10,
        "": 20,
    }


async def test_small_numbers_are_hidden_and_the_smallest_other_row_with_them() -> None:
    few = [Someone(monitoring={"sex": "male"}) for _ in range(3)]
    more = [Someone(monitoring={"sex": "female"}) for _ in range(12)]
    unsaid = [Someone(monitoring={}) for _ in range(30)]
    console = await heard([*few, *more, *unsaid])

    async with console.signed_in() as browser:
        page = (await browser.get("/reach")).text

    found = rows(await read(console), "sex")
    assert {sex: row["asked"] for sex, row in found.items()} == {
        "male": None,
        "female": None,
        "": 30,
    }
    assert found["male"]["told_percent"] is None
    assert '<span class="nhsuk-u-visually-hidden">hidden</span>' in page
    assert "By sex" in page
    assert "Not given, or rather not said" in page


async def test_what_people_answer_counts_only_with_their_consent_and_while_they_take_part() -> None:
    someone = Someone()
    console = await heard([someone])
    groups, who = console.stored.known.groups, str(someone.id)
    given = await groups.get(who)
    without = an_event(
        ParticipantUpdated,
        subject=who,
        sequence=2,
        data={**someone.about, "consents": {}},
    )

    await console.hear(without)
    withdrawn = await groups.get(who)
    await console.hear(someone.registered(sequence=1))
    late = await groups.get(who)
    await console.hear(someone.registered(sequence=3))
    again = await groups.get(who)
    left = {**someone.about, "status": "left"}
    await console.hear(an_event(ParticipantLeft, subject=who, sequence=4, data=left))
    gone = await groups.get(who)

    assert given is not None
    assert given.answers == {
        "age_band": "25-44",
        "borough": "Ealing",
        "ethnicity": "black",
        "sex": "female",
        "disability": "yes",
    }
    assert [dict(each.answers) if each else None for each in (withdrawn, late, gone)] == [{}] * 3
    assert again is not None
    assert again.answers == given.answers


async def test_of_who_is_erased_nothing_is_left_and_nothing_comes_back() -> None:
    someone = Someone()
    console = await heard([someone])
    erased = an_event(
        ParticipantErased, subject=str(someone.id), sequence=2, data={"participant_id": someone.id}
    )

    await console.hear(erased)
    await console.hear(
        someone.asked(InvitationAccepted, sequence=2, answer="accepted"),
        someone.told(NotificationDelivered, sequence=2, status="delivered"),
        someone.registered(sequence=3),
    )

    known = console.stored.known
    assert await known.askings.get(str(someone.invitation)) is None
    assert await known.groups.get(str(someone.id)) is None


async def test_no_page_of_a_person_shows_what_they_answered() -> None:
    someone = Someone(monitoring={"ethnicity": "marked-answer"})
    console = await heard([someone])

    async with console.signed_in() as browser:
        paths = ("/", "/messages", "/calls", "/previews", "/matches", "/sessions", "/reach")
        pages = [(await browser.get(path)).text.lower() for path in paths]

    assert not any("marked" in page for page in pages)


async def test_a_period_is_whole_months_the_last_twelve_by_default() -> None:
    console = await heard([Someone() for _ in range(10)])

    usual = await read(console)
    days = await read(console, **{"from": "2026-11-16", "to": "2026-11-17"})
    before = await read(console, **{"from": "2026-01", "to": "2026-10"})

    assert (usual["from"], usual["to"]) == ("2025-12-01", "2026-11-01")
    assert (days["from"], days["to"]) == ("2026-11-01", "2026-11-01")
    assert steps(days["everybody"])[0] == 10
    assert steps(before["everybody"]) == [None] * 4
    assert before["by"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "nonsense"},
        {"to": "2026-13"},
        {"from": "2026-12"},
        {"to": "9999-12"},
        {"from": "0000-01"},
    ],
)
async def test_what_is_no_period_is_refused(query: dict[str, str]) -> None:
    async with ConsoleInMemory().scripted() as script:
        refused = await script.get("/v1/reach", params=query)

    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-period")


@pytest.mark.parametrize("page", ["/reach", "/reach/over-time"])
@pytest.mark.parametrize(("first", "last"), [("September 2026", ""), ("2026-11", "2026-01")])
async def test_what_is_no_period_is_said_at_its_field_and_stays_there(
    page: str, first: str, last: str
) -> None:
    async with ConsoleInMemory().signed_in() as browser:
        shown = await browser.get(page, params={"from": first, "to": last})

    assert shown.status_code == 422
    assert '<a href="#from">Enter months such as 2026-04, the first one first' in shown.text
    assert "Below are the last twelve months" in shown.text
    assert f'type="month" value="{first}"' in shown.text
    assert f'type="month" value="{last}"' in shown.text


async def test_how_many_months_there_may_be_is_said_where_they_are_too_many() -> None:
    async with ConsoleInMemory().signed_in() as browser:
        shown = await browser.get("/reach/over-time?from=2000-01")

    assert shown.status_code == 422
    assert "and no more than 60" in shown.text


async def test_figures_are_of_one_hub_at_a_time_and_of_the_visitor_s_alone() -> None:
    console = await heard([Someone() for _ in range(10)])
    console.employ(a_member("zoe", hubs=("lambeth",), token="st_zoe"))
    console.employ(a_member("ben", hubs=("west-london", "lambeth"), token="st_ben"))

    async with console.scripted("st_zoe") as script:
        own = (await script.get("/v1/reach")).json()
        refused = await script.get("/v1/reach", params={"hub": "west-london"})
    async with console.scripted("st_ben") as script:
        both = (await script.get("/v1/reach")).json()
    async with console.signed_in("zoe") as browser:
        page = await browser.get("/reach?hub=west-london")

    assert [(each["hub"], each["everybody"]["asked"]) for each in own] == [("lambeth", None)]
    assert refused.status_code == 404
    assert [each["hub"] for each in both] == ["west-london", "lambeth"]
    assert page.status_code == 404


async def test_a_month_ends_when_it_does_in_london() -> None:
    console = ConsoleInMemory()
    late_in_june = {"issued_at": "2026-06-30T23:30:00Z"}
    await console.hear(*(Someone().asked(**late_in_june) for _ in range(10)))

    june = await read(console, **{"from": "2026-06", "to": "2026-06"})
    july = await read(console, **{"from": "2026-07", "to": "2026-07"})

    assert [steps(each["everybody"])[0] for each in (june, july)] == [None, 10]


async def test_of_fewer_than_five_people_nothing_is_told_not_even_by_which_table() -> None:
    console = await heard([Someone() for _ in range(4)])

    found = await read(console)

    assert steps(found["everybody"]) == [None] * 4
    assert found["by"] == []
