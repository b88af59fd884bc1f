"""The calls that staff make for people who are not reached otherwise."""

from shared.contracts.engagements import EngagementPublished
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.contracts.sessions import (
    InvitationDeclined,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event


async def call_waiting() -> tuple[ConsoleInMemory, NotificationCallNeeded]:
    console, call = ConsoleInMemory(), an_event(NotificationCallNeeded)
    person = {"participant_id": call.data.participant_id}
    console.opener.cards[str(call.data.participant_id)] = ContactCard(
        display_name="Samuel Okonkwo",
        address_as="Sam",
        contacts=(Contact(channel=Channel.SMS, value="+447700900123", preferred=True),),
    )
    await console.hear(
        an_event(EngagementPublished),
        an_event(ParticipantRegistered, data={**person, "needs": ["441092009"]}),
        an_event(ParticipantContactChanged, data=person),
        an_event(
            InvitationIssued,
            subject=str(call.data.invitation_id),
            data={**person, "invitation_id": call.data.invitation_id},
        ),
        call,
    )
    return console, call


async def test_who_a_person_is_is_shown_on_their_call_alone_and_that_is_written_down() -> None:
    console, call = await call_waiting()

    async with console.signed_in() as browser:
        listed = await browser.get("/calls")
        before = len(console.stored.audited)
        opened = await browser.get(f"/calls/{call.data.message_id}")

    assert "Okonkwo" not in listed.text
    assert "Samuel Okonkwo" in opened.text
    assert "07700 900123" in opened.text
    assert "Text message (preferred)" in opened.text
    assert "Lip reads" in opened.text
    assert console.stored.audited[before:] == [
        ("amina", "looked_at_person", str(call.data.participant_id))
    ]


async def test_an_answer_on_the_telephone_counts_as_one_by_link() -> None:
    console, call = await call_waiting()

    async with console.signed_in() as browser:
        await browser.post(f"/calls/{call.data.message_id}/answer", data={"answer": "yes"})
        listed = await browser.get("/calls")

    [event] = console.said(ReplyAccepted)
    assert event.data.invitation_id == call.data.invitation_id
    assert event.data.by_phone
    assert "No calls to make" in listed.text


async def test_who_said_no_can_say_yes_after_all_on_the_telephone() -> None:
    console, call = await call_waiting()
    invitation_id = call.data.invitation_id
    person = {"participant_id": call.data.participant_id, "invitation_id": invitation_id}
    declined = an_event(
        InvitationDeclined,
        subject=str(invitation_id),
        sequence=2,
        data={**person, "answer": "declined"},
    )
    await console.hear(declined)

    async with console.signed_in() as browser:
        sheet = await browser.get(f"/calls/{call.data.message_id}")
        await browser.post(f"/calls/{call.data.message_id}/answer", data={"answer": "yes"})

    [event] = console.said(ReplyAccepted)
    assert event.data.invitation_id == invitation_id
    assert 'value="yes"' in sheet.text
    assert 'value="no"' not in sheet.text


async def test_of_two_colleagues_with_one_call_the_second_does_not_turn_the_answer_over() -> None:
    console, call = await call_waiting()
    console.employ(a_member(), a_member("ben", token="st_ben"))
    page = f"/calls/{call.data.message_id}/answer"

    async with console.signed_in() as first, console.signed_in("ben") as second:
        await first.post(page, data={"answer": "no"})
        refused = await second.post(page, data={"answer": "yes"})
        same = await second.post(page, data={"answer": "no"})
        put_right = await first.post(page, data={"answer": "yes"})

    assert refused.status_code == 409
    assert "amina made this call before you, and noted another answer" in refused.text
    assert "Okonkwo" not in refused.text
    assert (same.status_code, put_right.status_code) == (303, 303)
    assert len(console.said(ReplyDeclined)) == 1
    assert len(console.said(ReplyAccepted)) == 1


async def test_what_somebody_said_is_noted_also_when_a_colleague_took_the_call_off() -> None:
    console, call = await call_waiting()
    console.employ(a_member(), a_member("ben", token="st_ben"))

    async with console.signed_in() as first, console.signed_in("ben") as second:
        await first.post(f"/calls/{call.data.message_id}/done")
        await second.post(f"/calls/{call.data.message_id}/answer", data={"answer": "yes"})

    [event] = console.said(ReplyAccepted)
    assert event.data.by_phone


async def test_a_call_that_was_made_leaves_the_list() -> None:
    console, call = await call_waiting()

    async with console.signed_in() as browser:
        await browser.post(f"/calls/{call.data.message_id}/done")
        listed = await browser.get("/calls")

    assert "No calls to make" in listed.text


async def test_a_call_that_nobody_picked_up_stays_on_the_list_with_the_time_of_the_try() -> None:
    console, call = await call_waiting()

    async with console.signed_in() as browser:
        await browser.post(f"/calls/{call.data.message_id}/tried")
        listed = await browser.get("/calls")
        opened = await browser.get(f"/calls/{call.data.message_id}")

    assert "1 time, last Friday 20 November 2026, 9:30am" in listed.text
    assert "Friday 20 November 2026, 9:30am, by amina" in opened.text
    assert "Nobody picked up: ring again" in opened.text
    assert console.said(ReplyAccepted) == []
    assert ("amina", "call_tried", str(call.data.message_id)) in console.stored.audited


async def test_who_was_not_reached_at_first_can_answer_when_rung_again() -> None:
    console, call = await call_waiting()

    async with console.signed_in() as browser:
        await browser.post(f"/calls/{call.data.message_id}/tried")
        await browser.post(f"/calls/{call.data.message_id}/answer", data={"answer": "no"})
        listed = await browser.get("/calls")

    [event] = console.said(ReplyDeclined)
    assert event.data.invitation_id == call.data.invitation_id
    assert "No calls to make" in listed.text


async def test_staff_of_another_hub_do_not_learn_who_a_person_is() -> None:
    console, call = await call_waiting()
    console.employ(a_member("ben", hubs=("lambeth",)))

    async with console.signed_in("ben") as browser:
        refused = await browser.get(f"/calls/{call.data.message_id}")

    assert refused.status_code == 404
    assert not any(what == "looked_at_person" for _, what, _ in console.stored.audited)


async def test_staff_say_on_the_telephone_how_the_person_was_chosen() -> None:
    console, call = await call_waiting()
    await console.hear(
        an_event(NotificationCallNeeded, subject=call.subject, sequence=9, data={"script": ""})
    )

    async with console.signed_in() as browser:
        opened = await browser.get(f"/calls/{call.data.message_id}")

    assert "You had a chance of about 10 in 100." in opened.text


async def test_the_script_of_a_task_is_read_out_with_how_to_address_the_person() -> None:
    console, call = await call_waiting()
    script = "Hello [name],\nthis is <the> collaborative."
    again = an_event(
        NotificationCallNeeded, subject=call.subject, sequence=9, data={"script": script}
    )
    await console.hear(again)

    async with console.signed_in() as browser:
        opened = await browser.get(f"/calls/{call.data.message_id}")
        listed = await browser.get("/calls")

    assert "Hello Sam,\nthis is &lt;the&gt; collaborative." in opened.text
    assert "asks whether they would like to take part" not in opened.text
    assert "Hello" not in listed.text


async def test_a_language_without_a_translation_is_a_task_that_names_the_language() -> None:
    console, call = await call_waiting()
    data = {"kind": "translate", "language": "so"}
    await console.hear(
        an_event(NotificationCallNeeded, subject=call.subject, sequence=9, data=data)
    )

    async with console.signed_in() as browser:
        opened = await browser.get(f"/calls/{call.data.message_id}")
        listed = await browser.get("/calls")

    assert "Ring with an interpreter: they need the message in Somali" in listed.text
    assert "They need this in Somali" in opened.text
