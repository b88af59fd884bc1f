"""A person sees and corrects their own details, by a link that is sent to them alone."""

import re
from datetime import time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.api.participants.details_form import (
    DetailsForm,
    Given,
    Shown,
    filled_in,
    read,
)
from services.console.ports import DetailsView
from shared.contracts.own_details import (
    ReplyConsentWithdrawn,
    ReplyDetailsGiven,
    ReplyDetailsLinkAsked,
)
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ContactPreference,
    Day,
    Language,
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
    WeeklySlot,
)
from shared.contracts.sessions import InvitationIssued
from shared.links import DETAILS_OPEN_FOR
from tests.builders.console import BEFORE_THE_SAMPLES_END, HELP, ConsoleInMemory
from tests.builders.events import an_event

ISSUED = an_event(InvitationIssued)
WHO = ISSUED.data.participant_id
BSL, STEP_FREE, EASY, ODD = "204331000000107", "1108191000000103", "796161000000101", "716524009"
CARD = ContactCard(
    display_name="Zaxquil Brindle",
    address_as="Ms Brindle",
    contacts=(
        Contact(channel=Channel.EMAIL, value="zax@example.org", preferred=True),
        Contact(channel=Channel.SMS, value="+447700900123"),
        Contact(channel=Channel.LETTER, value="77 Zaxquil Street\nLondon"),
    ),
    postcode="W12 7RZ",
)
SECRETS = ("Zaxquil", "Brindle", "zax@", "900123", "W12")
"""Marks of who the person is, which must be nowhere but on their own page."""
STATE: dict[str, Any] = {
    "participant_id": WHO,
    "preferred_channel": "email",
    "needs": [BSL, ODD],
    "languages": [{"code": "en"}, {"code": "so", "interpreter": True}],
    "contact_preference": {
        "times": [{"day": "tue", "from": "09:00", "to": "12:00"}],
        "discreet": True,
        "news": False,
    },
}
FORM: dict[str, Any] = {
    "name": "Zaxquil  Brindle-Okoro",
    "address_as": "Zaxquil",
    "email": ["zax@example.org"],
    "sms": ["07700 900456"],
    "phone": [""],
    "letter": ["77 Zaxquil Street\r\nLondon"],
    "postcode": "ha90fj",
    "channel": "sms",
    "language": ["so", "", "pl"],
    "interpreter": ["3"],
    "need": [STEP_FREE, ODD],
    "shown_need": [BSL, ODD],
    "asked_how": "true",
    "hear": ["mon-evening"],
    "news": "true",
}


def of_them(kind: Any, **changes: Any) -> Any:
    """What intake says of the invited person."""
    data = STATE | changes.pop("data", {})
    return an_event(kind, data=data, subject=str(WHO), **changes)


async def known(**data: Any) -> ConsoleInMemory:
    """A console that knows the person, who they are, and their invitation."""
    console = ConsoleInMemory()
    contact = an_event(ParticipantContactChanged, data={"participant_id": WHO}, subject=str(WHO))
    await console.hear(ISSUED, of_them(ParticipantRegistered, data=data), contact)
    console.opener.cards[str(WHO)] = CARD
    return console


def details(console: ConsoleInMemory, *, ends_in: timedelta = DETAILS_OPEN_FOR) -> str:
    return f"/d/{console.links.details(WHO, console.clock.at + ends_in)}"


def invitation(console: ConsoleInMemory) -> str:
    return console.link(ISSUED.data.invitation_id)


def asked(console: ConsoleInMemory) -> list[Any]:
    return console.said(ReplyDetailsLinkAsked)


def said(console: ConsoleInMemory) -> list[Any]:
    return console.said(ReplyDetailsGiven)


def errors(page: httpx.Response) -> list[str]:
    _, _, rest = page.text.partition('<ul class="nhsuk-list nhsuk-error-summary__list">')
    return re.findall(r'<li><a href="#[^"]+">([^<]+)</a>', rest.partition("</ul>")[0])


async def test_the_page_of_an_invitation_shows_nothing_of_who_somebody_is() -> None:
    console = await known()

    async with console.visited() as browser:
        pages = [
            await browser.get(invitation(console) + each)
            for each in ("", "/details", "/leave", "/times", "/needs")
        ]

    assert {each.status_code for each in pages} == {200}
    assert not [each for each in SECRETS if each in "".join(page.text for page in pages)]


async def test_the_link_is_asked_for_once_by_a_button_and_where_it_went_is_said_without_an_address() -> (  # noqa: E501 - a sentence
    None
):
    console, path = await known(), ""
    path = f"{invitation(console)}/details"

    async with console.visited() as browser:
        before = await browser.get(path)
        pressed = await browser.post(path)
        await browser.post(path)
        after = await browser.get(path)

    assert "Send me the link" in before.text
    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    [event] = asked(console)
    assert (event.subject, event.sequence, event.hub) == (str(WHO), 1, ISSUED.hub)
    assert event.data.participant_id == WHO
    assert event.data.ends_at == console.clock.at + DETAILS_OPEN_FOR
    assert "to the e-mail address that you gave us" in after.text
    assert "zax@" not in after.text


async def test_three_links_a_day_are_sent_and_no_more() -> None:
    console = await known()
    path = f"{invitation(console)}/details"

    async with console.visited() as browser:
        for _ in range(4):
            last = await browser.post(path)
            console.clock.pass_by(timedelta(minutes=10))
        refused = len(asked(console))
        console.clock.pass_by(timedelta(days=1))
        again = await browser.post(path)

    assert (refused, last.status_code) == (3, 429)
    assert "You have asked three times today" in last.text
    assert HELP in last.text
    assert again.status_code == 303
    assert [each.sequence for each in asked(console)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [("sms", "by text message to the mobile number"), ("phone", "Our staff ring you")],
)
async def test_where_it_goes_is_by_their_own_channel(channel: str, sentence: str) -> None:
    console = await known(preferred_channel=channel)
    path = f"{invitation(console)}/details"

    async with console.visited() as browser:
        await browser.post(path)
        page = await browser.get(path)

    assert sentence in page.text


async def test_the_link_shows_what_is_known_and_looking_changes_nothing() -> None:
    console = await known()

    async with console.visited() as browser:
        page = await browser.get(details(console))
        await browser.head(details(console))

    assert page.status_code == 200
    for shown in (
        'value="Zaxquil Brindle"',
        'value="Ms Brindle"',
        'value="zax@example.org"',
        'value="07700 900123"',
        "77 Zaxquil Street\nLondon</textarea>",
        'value="W12 7RZ"',
        'id="channel-email" value="email" checked',
        f'id="need-{BSL}" value="{BSL}" checked',
        f'id="need-{ODD}" value="{ODD}" checked',
        'value="tue-morning" checked',
        'id="discreet" value="true"',
        '<option value="so" selected>',
        "What you agreed to",
        "What we keep, and why",
        HELP,
    ):
        assert shown in page.text, shown
    assert f'id="need-{EASY}" value="{EASY}" checked' not in page.text
    assert console.stored.events == []


async def test_what_is_corrected_is_said_once_and_who_they_are_only_sealed() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        pressed = await browser.post(path, data=FORM)
        await browser.post(path, data=FORM)
        shown = await browser.get(f"{path}?kept=yes")

    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{path}?kept=yes")
    [event] = said(console)
    assert (event.subject, event.sequence, event.hub) == (str(WHO), 1, ISSUED.hub)
    assert console.opener.sealed_here[event.data.sealed.ciphertext] == ContactCard(
        display_name="Zaxquil Brindle-Okoro",
        address_as="Zaxquil",
        contacts=(
            Contact(channel=Channel.EMAIL, value="zax@example.org"),
            Contact(channel=Channel.SMS, value="+447700900456", preferred=True),
            Contact(channel=Channel.LETTER, value="77 Zaxquil Street\nLondon"),
        ),
        postcode="HA9 0FJ",
    )
    assert event.data.preferred_channel is Channel.SMS
    assert event.data.languages == (
        Language(code="so"),
        Language(code="pl", interpreter=True),
    )
    assert (set(event.data.needs), event.data.needs_dropped) == ({STEP_FREE, ODD}, (BSL,))
    evening = WeeklySlot(day=Day.MON, start=time(17), end=time(21))
    assert event.data.contact_preference == ContactPreference(times=(evening,), news=True)
    assert "We have kept your details" in shown.text
    assert 'value="Zaxquil Brindle-Okoro"' in shown.text
    kept = event.model_dump_json() + repr(console.stored.known.details.entities)  # type: ignore[attr-defined]
    assert not [each for each in (*SECRETS, "900456", "HA9") if each in kept]
    assert not [each for each in SECRETS if each in pressed.headers["location"]]


async def test_every_fault_is_named_at_once_and_nothing_is_lost() -> None:
    console = await known()
    wrong = FORM | {
        "name": " ",
        "address_as": "",
        "email": ["nobody at home"],
        "sms": [""],
        "letter": ["here"],
        "postcode": "nowhere",
        "phone": ["1234"],
    }

    async with console.visited() as browser:
        again = await browser.post(details(console), data=wrong)

    assert again.status_code == 422
    assert errors(again) == [
        "Write your name",
        "Write how we should write to you, like Mr Khan",
        "Write an e-mail address like this: name@example.com",
        "You want text messages: write your mobile number",
        "Write a UK phone number like this: 020 7946 0000",
        "Write the address with the street and the town, each on its own line",
        "Write the whole postcode like this: W12 7RZ",
    ]
    assert 'value="nobody at home"' in again.text
    assert 'id="email-1" aria-describedby="email-1-error" aria-invalid="true"' in again.text
    assert "<title>Error: Your details" in again.text
    assert said(console) == []


async def test_a_need_that_came_to_be_known_meanwhile_is_taken_from_nobody() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        await console.hear(
            of_them(ParticipantUpdated, sequence=9, data={"needs": [BSL, ODD, EASY]})
        )
        await browser.post(path, data=FORM)
        shown = await browser.get(path)

    [event] = said(console)
    assert event.data.needs_dropped == (BSL,)
    assert f'id="need-{EASY}" value="{EASY}" checked' in shown.text


async def test_their_own_word_counts_on_after_news_of_the_person() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        await browser.post(path, data=FORM)
        await console.hear(of_them(ParticipantUpdated, sequence=9, data={"needs": [STEP_FREE]}))
        shown = await browser.get(path)
        await browser.post(path, data=FORM | {"channel": "email", "given": "1"})

    assert 'value="Zaxquil Brindle-Okoro"' in shown.text
    assert [each.sequence for each in said(console)] == [1, 2]
    assert said(console)[1].data.needs_dropped == (BSL,)


async def test_how_to_hear_is_not_asked_of_whom_it_is_not_known() -> None:
    console = await known()
    del console.stored.known.details.entities[str(WHO)]  # type: ignore[attr-defined]
    path = details(console)

    async with console.visited() as browser:
        page = await browser.get(path)
        await browser.post(path, data=FORM)

    assert "When may we contact you?" not in page.text
    assert said(console)[0].data.contact_preference is None


async def test_a_link_that_has_ended_says_so_and_has_a_new_one_sent() -> None:
    console = await known()
    path = details(console)
    console.clock.pass_by(DETAILS_OPEN_FOR)

    async with console.visited() as browser:
        over = await browser.get(path)
        posted = await browser.post(path, data=FORM)
        pressed = await browser.post(f"{path}/again")
        sent = await browser.get(f"{path}/again")
        console.clock.pass_by(timedelta(days=31))
        long_over = await browser.post(f"{path}/again")

    assert (over.status_code, posted.status_code) == (410, 410)
    assert f'action="{path}/again"' in over.text
    assert not [each for each in SECRETS if each in over.text]
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{path}/again")
    assert "We have sent you a link" in sent.text
    assert len(asked(console)) == 1
    assert long_over.status_code == 404
    assert said(console) == []


async def test_a_link_of_an_invitation_opens_no_details() -> None:
    console = await known()
    token = invitation(console).removeprefix("/i/")

    async with console.visited() as browser:
        pages = [await browser.get(f"/d/{token}{each}") for each in ("", "/leave", "/again")]
        pages += [await browser.get(f"/d/{each}") for each in ("nonsense", "%00", "a" * 3000)]
        pages.append(await browser.post(f"/d/{token}", data=FORM))

    assert {each.status_code for each in pages} == {404}


@pytest.mark.parametrize("gone", [ParticipantLeft, ParticipantErased])
async def test_of_who_left_or_was_forgotten_nothing_is_shown_or_taken(gone: Any) -> None:
    console = await known()
    path = details(console)
    status = "left" if gone is ParticipantLeft else "erased"
    await console.hear(of_them(gone, sequence=5, data={"status": status}))

    async with console.visited() as browser:
        page = await browser.get(path)
        posted = await browser.post(path, data=FORM)
        again = await browser.post(f"{path}/again")

    assert {page.status_code, posted.status_code, again.status_code} == {410}
    assert "have left the collaborative" in page.text
    assert console.stored.events == []


async def test_of_somebody_whose_contact_has_not_arrived_nothing_is_shown() -> None:
    console = ConsoleInMemory()
    await console.hear(ISSUED, of_them(ParticipantRegistered))

    async with console.visited() as browser:
        page = await browser.get(details(console))

    assert page.status_code == 404


def a_view(**changes: Any) -> DetailsView:
    return DetailsView(
        **{
            "id": str(UUID(int=1)),
            "hub": "h",
            "sequence": 1,
            "at": BEFORE_THE_SAMPLES_END,
            "event_id": "e",
            "correlation_id": "c",
            "preferred_channel": Channel.EMAIL,
            "contact_preference": ContactPreference(),
        }
        | changes
    )


typed = st.text(max_size=30) | st.sampled_from(["a@example.org", "07700 900123", "1 High St, W5"])
lines = st.lists(typed, max_size=3)


@given(name=typed, email=lines, sms=lines, phone=lines, letter=lines, postcode=typed)
def test_whatever_is_typed_is_taken_or_shown_again(**written: Any) -> None:
    form = DetailsForm(address_as="Amina", channel=Channel.EMAIL, asked_how=True, **written)

    said = read(form, a_view())

    if isinstance(said, Shown):
        assert said.faults
        assert said.form == form
    else:
        again = read(filled_in(a_view(), said.card).form, a_view())
        assert isinstance(again, Given)
        assert again.card == said.card


async def test_of_who_has_left_nothing_of_what_they_corrected_is_kept_here() -> None:
    console = await known()
    async with console.visited() as browser:
        await browser.post(details(console), data=FORM)
    before = await console.stored.known.details.get(str(WHO))

    await console.hear(of_them(ParticipantLeft, sequence=2, data={"status": "left"}))

    after = await console.stored.known.details.get(str(WHO))
    assert before is not None
    assert after is not None
    assert (before.sealed is None, before.needs_dropped) == (False, (BSL,))
    assert (after.sealed, after.needs, after.needs_dropped) == (None, (), ())
    assert after.given == before.given


async def test_an_address_of_200_signs_is_taken_however_browsers_end_its_lines() -> None:
    console = await known()
    lines = ["1 Elm Road", *["x" * 36] * 5, "York"]
    address = "\r\n".join(lines)

    async with console.visited() as browser:
        kept = await browser.post(details(console), data=FORM | {"letter": address})

    assert len("\n".join(lines)) == 200
    assert kept.status_code == 303


@pytest.mark.parametrize("field", ["name", "address_as", "email", "sms", "phone", "letter"])
async def test_what_is_too_long_is_asked_for_again_in_words(field: str) -> None:
    console = await known()

    async with console.visited() as browser:
        again = await browser.post(details(console), data=FORM | {field: "1 Elm\r\n" + "x" * 195})

    assert again.status_code == 422
    assert "This is too long: write 200 letters and signs at most" in errors(again)


async def test_signs_that_turn_a_name_around_are_not_kept() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        await browser.post(path, data=FORM | {"name": "\u202eZaxquil\u2066 \u200bOkoro\ufeff"})

    card = console.opener.sealed_here[said(console)[0].data.sealed.ciphertext]
    assert card.display_name == "Zaxquil Okoro"


AGREED = {"version": "2026-01", "given_at": "2026-01-05T09:00:00Z"}


async def test_a_person_takes_a_consent_back_by_a_button_of_its_own() -> None:
    console = await known(consents=dict.fromkeys(("involvement", "monitoring"), AGREED))
    path = details(console)

    async with console.visited() as browser:
        before = await browser.get(path)
        answers = [
            await browser.post(f"{path}/consents", data={"purpose": "monitoring"}) for _ in range(2)
        ]
        after = await browser.get(answers[0].headers["location"])

    [event] = console.said(ReplyConsentWithdrawn)
    assert (str(event.data.participant_id), event.data.purpose) == (str(WHO), "monitoring")
    assert [each.status_code for each in answers] == [303, 303]
    assert before.text.count(f'action="{path}/consents"') == 1
    assert f'href="{path}/leave">Take this back and leave' in before.text
    assert f'action="{path}/consents"' not in after.text
    assert "You have taken it back." in after.text
    assert "We have kept your details" not in after.text


@pytest.mark.parametrize("purpose", ["involvement", "newsletter"])
async def test_what_is_no_consent_of_theirs_or_means_leaving_is_not_taken_back_there(
    purpose: str,
) -> None:
    console = await known(consents={"involvement": AGREED})

    async with console.visited() as browser:
        answer = await browser.post(f"{details(console)}/consents", data={"purpose": purpose})
        other = await browser.post("/d/no-such-token/consents", data={"purpose": "monitoring"})

    assert console.said(ReplyConsentWithdrawn) == []
    assert purpose == "newsletter" or answer.headers["location"] == details(console)
    assert other.status_code == 404


async def test_of_who_has_left_no_consent_is_taken_back_any_more() -> None:
    console = await known(consents={"monitoring": AGREED})
    await console.hear(of_them(ParticipantLeft, sequence=2))

    async with console.visited() as browser:
        answer = await browser.post(f"{details(console)}/consents", data={"purpose": "monitoring"})

    assert answer.status_code == 410
    assert console.said(ReplyConsentWithdrawn) == []
