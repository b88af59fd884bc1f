"""How a panel was drawn, as staff and scripts are told."""

import json

from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import (
    MatchApproved,
    MatchDrawAnnounced,
    MatchDrawRecorded,
    MatchProposed,
)
from shared.sortition.record import faults
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

MATCH = an_event(MatchProposed).data
CHOSEN = MATCH.panel[0]
DRAW = an_event(MatchDrawRecorded)


async def decided() -> ConsoleInMemory:
    console = ConsoleInMemory()
    events = (
        *(EngagementPublished, MatchDrawAnnounced),
        *(MatchProposed, MatchApproved, MatchDrawRecorded),
    )
    await console.hear(*map(an_event, events))
    return console


async def test_a_script_gets_the_record_of_a_draw_and_can_verify_it() -> None:
    async with (await decided()).scripted() as script:
        answer = await script.get(f"/v1/matches/{MATCH.match_id}/record")

    assert answer.status_code == 200
    assert faults(json.loads(answer.text)) == []


async def test_there_is_no_record_before_a_panel_is_approved() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(MatchProposed))

    async with console.scripted() as script:
        answer = await script.get(f"/v1/matches/{MATCH.match_id}/record")

    assert answer.status_code == 404


async def test_another_hubs_record_is_not_there() -> None:
    console = await decided()
    console.employ(a_member("leyla", hubs=("lambeth",)))

    async with console.signed_in("leyla") as browser:
        answer = await browser.get(f"/draws/{DRAW.subject}")

    assert answer.status_code == 404


async def test_staff_see_how_even_the_chances_were_and_download_the_record() -> None:
    async with (await decided()).signed_in() as browser:
        page = await browser.get(f"/matches/{MATCH.match_id}")
        engagement = await browser.get(f"/engagements/{MATCH.engagement_id}")
        record = await browser.get(f"/draws/{DRAW.subject}")

    assert "Smallest chance anybody had" in page.text
    assert an_event(MatchDrawAnnounced).data.commitment in engagement.text
    assert f'href="/draws/{DRAW.subject}"' in engagement.text
    assert record.headers["content-disposition"].startswith("attachment")
    assert str(CHOSEN.participant_id) not in record.text
