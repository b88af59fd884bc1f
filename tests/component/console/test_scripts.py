from urllib.parse import quote

import pytest

from services.console.ports import Role
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchApproved, MatchProposed, MatchSentBack
from shared.contracts.messages import NotificationSent
from shared.contracts.participants import ParticipantRegistered, ReplyAvailabilityGiven
from shared.contracts.sessions import InvitationIssued, SessionAnnounced
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event


async def busy() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(
        an_event(EngagementPublished),
        an_event(MatchProposed),
        an_event(SessionAnnounced),
        an_event(NotificationSent),
    )
    return console


@pytest.mark.parametrize("path", ["/v1/matches", "/v1/sessions", "/v1/messages", "/v1/trace/x"])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer st_wrong"}])
async def test_a_script_without_a_token_is_told_what_to_do(
    path: str, headers: dict[str, str]
) -> None:
    async with (await busy()).visited(**headers) as script:
        refused = await script.get(path)

    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["code"] == "sign-in-needed"


async def test_matches_have_the_shape_that_others_program_against() -> None:
    async with (await busy()).scripted() as script:
        [match] = (await script.get("/v1/matches")).json()

    assert match.keys() >= {
        *("match_id", "engagement_reference", "hub", "status", "places", "seed", "eligible"),
        *("steps", "panel", "reserves", "quotas", "unmet"),
    }
    assert match["panel"][0].keys() >= {
        *("participant_reference", "participant_id", "chance", "reasons"),
    }
    assert match["steps"][0].keys() == {"requirement", "left"}
    assert match["quotas"][0].keys() == {
        *("feature", "value", "min", "max", "selected"),
        *("population_share", "raised_times"),
    }
    assert (match["status"], match["engagement_reference"]) == ("proposed", "NWL-2026-014")


async def test_sessions_have_the_shape_that_others_program_against() -> None:
    async with (await busy()).scripted() as script:
        [session] = (await script.get("/v1/sessions")).json()

    assert session.keys() >= {
        *("session_id", "engagement_reference", "hub", "status", "starts_at", "ends_at"),
        *("venue", "attendees"),
    }
    assert session["attendees"][0].keys() >= {"participant_reference", "answer"}


async def test_messages_have_the_shape_that_others_program_against() -> None:
    async with (await busy()).scripted() as script:
        [message] = (await script.get("/v1/messages")).json()

    assert message.keys() >= {
        *("message_id", "kind", "participant_reference", "staff", "channel", "status", "at"),
        "caused_by",
    }


async def test_engagements_are_listed_as_published() -> None:
    async with (await busy()).scripted() as script:
        [engagement] = (await script.get("/v1/engagements")).json()

    assert engagement["window"] == {"from": "2027-01-11", "to": "2027-02-26"}


async def test_a_list_is_filtered_by_hub_and_status_and_never_leaves_the_own_hubs() -> None:
    console = await busy()
    console.employ(a_member("ben", hubs=("lambeth",), token="st_ben"))

    async with console.scripted() as script:
        of_status = await script.get("/v1/matches", params={"status": "approved"})
        of_hub = await script.get("/v1/matches", params={"hub": "west-london"})
        of_other = await script.get("/v1/matches", params={"hub": "lambeth"})
    async with console.scripted("st_ben") as script:
        of_ben = await script.get("/v1/matches", params={"hub": "west-london"})

    assert [len(found.json()) for found in (of_status, of_hub, of_other, of_ben)] == [0, 1, 0, 0]
    assert of_hub.headers["x-total-count"] == "1"


async def test_a_script_approves_a_match_by_its_sequence() -> None:
    console = await busy()
    match_id = an_event(MatchProposed).data.match_id

    async with console.scripted() as script:
        done = await script.post(f"/v1/matches/{match_id}/approve", json={"sequence": 2})
        again = await script.post(f"/v1/matches/{match_id}/approve", json={"sequence": 2})

    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert (again.status_code, again.json()["code"]) == (409, "match-not-open")
    assert len(console.said(MatchApproved)) == 1


async def test_a_script_cannot_decide_on_what_it_did_not_see() -> None:
    console = await busy()
    match_id = an_event(MatchProposed).data.match_id

    async with console.scripted() as script:
        refused = await script.post(f"/v1/matches/{match_id}/send-back", json={"sequence": 1})
        missing = await script.post(f"/v1/matches/{match_id}/approve", json={})

    assert (refused.status_code, refused.json()["code"]) == (409, "match-moved-on")
    assert missing.status_code == 422
    assert "/sequence" in missing.json()["detail"]
    assert console.stored.events == []


async def test_a_script_sends_a_match_back_to_rest() -> None:
    console = await busy()
    match_id = an_event(MatchProposed).data.match_id

    async with console.scripted() as script:
        await script.post(
            f"/v1/matches/{match_id}/send-back", json={"sequence": 2, "draw_again": False}
        )

    [event] = console.said(MatchSentBack)
    assert event.data.draw_again is False


async def test_a_trace_shows_what_led_to_what_and_nothing_of_what_was_said() -> None:
    console = await busy()
    correlation_id = an_event(MatchProposed).correlationid

    async with console.scripted() as script:
        trace = (await script.get(f"/v1/trace/{correlation_id}")).json()
        unknown = await script.get("/v1/trace/unknown")

    assert [event["type"] for event in trace] == [
        "wlc.engagement.published.v1",
        "wlc.match.proposed.v1",
        "wlc.session.announced.v1",
        "wlc.notification.sent.v1",
    ]
    assert "data" not in trace[0]
    assert unknown.status_code == 404


async def test_a_trace_is_found_by_what_its_events_are_about_and_by_one_of_them() -> None:
    console, proposed = await busy(), an_event(MatchProposed)

    async with console.scripted() as script:
        whole = (await script.get(f"/v1/trace/{proposed.correlationid}")).json()
        about_it = (await script.get(f"/v1/trace/{proposed.subject}")).json()
        of_event = (await script.get(f"/v1/trace/{whole[1]['id']}")).json()

    assert len(whole) > 1
    assert about_it == whole
    assert of_event == whole


@pytest.mark.parametrize("reference", ["NWL-2026-014", "NWL/2026 14"])
async def test_a_trace_is_found_by_the_reference_of_an_engagement_in_its_hub_only(
    reference: str,
) -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", hubs=("lambeth",), token="st_ben"))
    await console.hear(
        an_event(EngagementPublished, data={"reference": reference}), an_event(MatchProposed)
    )
    path = f"/v1/trace/{quote(reference, safe='')}"

    async with console.scripted() as script:
        found = (await script.get(path)).json()
    async with console.scripted("st_ben") as script:
        elsewhere = await script.get(path)

    assert [event["type"] for event in found] == [EngagementPublished.TYPE, MatchProposed.TYPE]
    assert elsewhere.status_code == 404


async def test_the_openapi_document_has_the_json_addresses_and_only_those() -> None:
    document = ConsoleInMemory().app().openapi()

    assert set(document["paths"]) == {
        *("/v1/matches", "/v1/sessions", "/v1/messages", "/v1/engagements"),
        *("/v1/previews", "/v1/previews/{preview_id}", "/v1/audit"),
        *("/v1/reach", "/v1/reach/over-time", "/v1/people", "/v1/erasures/{participant_id}"),
        *(f"/v1/people/{{participant_id}}/{what}" for what in ("card", "copy", "erase")),
        "/v1/trace/{correlation_id}",
        "/v1/matches/{match_id}/approve",
        "/v1/matches/{match_id}/record",
        "/v1/matches/{match_id}/send-back",
    }
    assert "HTTPBearer" in document["components"]["securitySchemes"]


@pytest.mark.parametrize("which", ["person", "invitation", "event", "registration"])
async def test_a_trace_tells_who_may_not_know_people_nothing_of_where_somebody_takes_part(
    which: str,
) -> None:
    console = ConsoleInMemory()
    console.employ(a_member("vi", roles=(Role.VIEWER,), token="st_vi"))
    issued = an_event(InvitationIssued, correlationid="sub-2")
    who = issued.data.participant_id
    registered = an_event(
        ParticipantRegistered,
        correlationid="sub-1",
        subject=str(who),
        data={"participant_id": who},
    )
    given = an_event(ReplyAvailabilityGiven, correlationid="sub-2", subject=str(who))
    moved = an_event(SessionAnnounced, correlationid="sub-1")
    await console.hear(registered, moved, issued, given)
    any_id = {
        "person": str(who),
        "invitation": issued.subject,
        "event": issued.id,
        "registration": "sub-1",
    }[which]

    async with console.scripted("st_vi") as script:
        viewed = await script.get(f"/v1/trace/{any_id}")
        of_engagement = (await script.get("/v1/trace/sub-2")).json()
    async with console.scripted() as script:
        known = await script.get(f"/v1/trace/{any_id}")

    assert viewed.status_code == 404
    assert [event["type"] for event in of_engagement] == [InvitationIssued.TYPE]
    assert known.status_code == 200
