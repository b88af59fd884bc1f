"""Staff look at a message before it is sent."""

import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.matches import MatchProposed
from shared.contracts.previews import PreviewRendered, PreviewRequested
from shared.contracts.sessions import InvitationIssued
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

INVITED = an_event(InvitationIssued)
PDF = b"%PDF-1.7 not really"
HTML = '<p style="color:red">Hello [name]</p><script>alert(1)</script>'
PARTS = [
    {"media_type": "text/plain; charset=utf-8", "content": "Hello [name],\n<you> are invited."},
    {"media_type": "text/html", "content": HTML},
    {"media_type": "application/pdf", "content": base64.b64encode(PDF).decode()},
    {"media_type": "application/x-brf", "content": base64.b64encode(b",hello").decode()},
]


async def invited() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(INVITED)
    return console


async def asked(browser: httpx.AsyncClient, **choice: Any) -> httpx.Response:
    wanted = {"kind": "invitation", "about": f"invitation/{INVITED.subject}", **choice}
    return await browser.post("/previews", data=wanted)


async def rendered(console: ConsoleInMemory, **data: Any) -> str:
    """Let notification answer what was asked last; return its id."""
    request = console.said(PreviewRequested)[-1].data
    answer = {"preview_id": request.preview_id, "kind": request.kind, "form": request.form}
    subject = str(request.preview_id)
    await console.hear(an_event(PreviewRendered, data={**answer, **data}, subject=subject))
    return subject


async def test_what_is_asked_for_goes_to_notification_with_an_audit_row() -> None:
    console = await invited()

    async with console.signed_in() as browser:
        went = await asked(browser, form="letter", language="so", point_size="24", discreet="true")

    [event] = console.said(PreviewRequested)
    wanted = event.data
    assert (wanted.kind, wanted.form, wanted.language) == ("invitation", "letter", "so")
    assert (wanted.point_size, wanted.discreet) == (24, True)
    assert wanted.invitation_id == INVITED.data.invitation_id
    assert (event.subject, event.hub) == (str(wanted.preview_id), "west-london")
    assert went.headers["location"] == f"/previews/{wanted.preview_id}"
    assert ("amina", "preview_asked", INVITED.subject) in console.stored.audited


async def test_the_page_looks_again_by_itself_until_half_a_minute_has_passed() -> None:
    console = await invited()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]

        at_first = (await browser.get(path)).text
        console.clock.pass_by(timedelta(seconds=31))
        late = (await browser.get(path)).text

    assert '<meta http-equiv="refresh" content="2">' in at_first
    assert "being written" in at_first
    assert "http-equiv" not in late
    assert "Notification did not answer" in late


async def test_a_message_is_shown_as_text_in_a_frame_that_may_nothing_and_as_files() -> None:
    console = await invited()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        await rendered(console, subject="You are invited", parts=PARTS)

        page = await browser.get(path)
        letter = await browser.get(f"{path}/files/letter.pdf")
        braille = await browser.get(f"{path}/files/message.brf")
        html = await browser.get(f"{path}/files/message.html")

    assert "You are invited" in page.text
    assert "Hello [name],\n&lt;you&gt; are invited." in page.text
    assert 'sandbox=""' in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "script-src 'self' 'nonce-" in page.headers["content-security-policy"]
    assert (letter.content, letter.headers["content-type"]) == (PDF, "application/pdf")
    assert letter.headers["content-disposition"] == 'attachment; filename="letter.pdf"'
    assert (braille.content, html.text) == (b",hello", HTML)
    assert html.headers["content-type"] == "application/octet-stream"


async def test_styles_within_a_page_are_allowed_where_a_mail_is_shown_and_nowhere_else() -> None:
    console = await invited()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]

        policies = [
            (await browser.get(each)).headers["content-security-policy"]
            for each in (path, "/previews", "/")
        ]

    assert ["'unsafe-inline'" in policy for policy in policies] == [True, False, False]


async def test_that_english_stands_in_is_said_and_why_a_message_cannot_be_written() -> None:
    console = await invited()
    async with console.signed_in() as browser:
        path = (await asked(browser, language="so")).headers["location"]
        await rendered(console, parts=PARTS, is_translated=False)
        in_english = (await browser.get(path)).text
        path = (await asked(browser)).headers["location"]
        await rendered(console, parts=[], fault="this invitation is not known here")
        refused = (await browser.get(path)).text

    assert "no reviewed translation into Somali" in in_english
    assert "This invitation is not known here" in refused


async def test_without_a_subject_it_is_about_the_newest_of_its_sort() -> None:
    console = await invited()
    newer = an_event(
        InvitationIssued,
        data={"invitation_id": uuid4()},
        time=INVITED.time + timedelta(hours=1),
    )
    await console.hear(newer, an_event(MatchProposed))

    async with console.signed_in() as browser:
        await asked(browser, about="")
        await asked(browser, about="", kind="staff-match")

    to_person, to_staff = (event.data for event in console.said(PreviewRequested))
    assert to_person.invitation_id == newer.data.invitation_id
    assert (to_staff.match_id, to_staff.invitation_id) == (
        an_event(MatchProposed).data.match_id,
        None,
    )


async def test_the_list_names_the_invited_no_further_than_the_lists_of_staff_do() -> None:
    console = await invited()

    async with console.signed_in() as browser:
        page = (await browser.get("/previews")).text

    assert f"{INVITED.data.engagement_reference}: {INVITED.data.title} (Person " in page
    assert INVITED.data.participant_reference not in page


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"kind": "nonsense"}, "Choose a kind of message from the list"),
        ({"kind": "staff-match"}, "about something else"),
        ({"about": f"invitation/{uuid4()}"}, "not there any more"),
        ({"about": "nonsense"}, "not there any more"),
        ({"kind": "staff-match", "about": ""}, "nothing yet"),
    ],
)
async def test_what_cannot_be_asked_for_is_said_at_the_form(
    choice: dict[str, str], said: str
) -> None:
    console = await invited()

    async with console.signed_in() as browser:
        refused = await asked(browser, **choice)

    assert refused.status_code == 422
    assert said in refused.text
    assert console.said(PreviewRequested) == []


async def test_staff_of_another_hub_neither_ask_about_it_nor_see_it() -> None:
    console = await invited()
    console.employ(a_member("zoe", hubs=("lambeth",), token="st_zoe"))
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
    await rendered(console, parts=PARTS)

    async with console.signed_in("zoe") as other:
        refused = await asked(other)
        answers = [await other.get(each) for each in (path, f"{path}/files/letter.pdf")]
    async with console.scripted("st_zoe") as script:
        answers.append(await script.get(f"/v1{path}"))
        body = {"kind": "invitation", "invitation_id": INVITED.subject}
        answers.append(await script.post("/v1/previews", json=body))

    assert "not there any more" in refused.text
    assert [each.status_code for each in answers] == [404] * 4
    assert len(console.said(PreviewRequested)) == 1


async def test_an_answer_under_another_hub_s_name_or_a_second_one_changes_nothing() -> None:
    console = await invited()
    async with console.signed_in() as browser:
        path = (await asked(browser)).headers["location"]
        request = console.said(PreviewRequested)[0].data
        foreign = an_event(
            PreviewRendered, hub="lambeth", subject=str(request.preview_id), data={"subject": "No"}
        )
        await console.hear(foreign)
        await rendered(console, subject="First", parts=PARTS)
        await rendered(console, subject="Second", parts=PARTS)
        page = (await browser.get(path)).text

    assert "First" in page
    assert "Second" not in page


async def test_a_script_asks_and_reads_what_was_written() -> None:
    console = await invited()

    async with console.scripted() as script:
        sent = await script.post("/v1/previews", json={"kind": "invitation", "form": "sms"})
        preview_id = await rendered(console, parts=PARTS[:1])
        found = (await script.get(f"/v1/previews/{preview_id}")).json()

    assert (sent.status_code, sent.json()["stage"]) == (202, "waiting")
    assert (found["stage"], found["form"], found["hub"]) == ("written", "sms", "west-london")
    assert found["parts"] == PARTS[:1]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "nonsense"}, 422, "unknown-kind"),
        ({"kind": "staff-match"}, 404, "nothing-to-preview"),
        ({"kind": "invitation", "hub": "lambeth"}, 404, "nothing-to-preview"),
        ({"kind": "invitation", "match_id": str(uuid4())}, 422, "other-subject"),
        (
            {"kind": "invitation", "match_id": str(uuid4()), "session_id": str(uuid4())},
            422,
            "other-subject",
        ),
        ({"kind": "invitation", "point_size": 99}, 422, "malformed-request"),
    ],
)
async def test_a_script_is_told_what_is_wrong(body: dict[str, Any], status: int, code: str) -> None:
    async with (await invited()).scripted() as script:
        refused = await script.post("/v1/previews", json=body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
