"""Who sees a message of somebody who asked for discretion learns nothing of what it is about."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.clients.letters.library import WRITTEN_KINDS
from services.notification.clients.letters.previews import NEVER_OF_AN_INVITATION
from services.notification.domain import ONLY_CALLED, Chosen, Kind, Letter, Venue
from services.notification.domain.discretion import discreet as hidden
from tests.builders.letter_forms import TO, discreet, every_form, in_format, read_in_mail
from tests.builders.letters import COMPOSER
from tests.builders.notification import a_letter, a_session, an_invitation

MARKS = ("zqxva", "zqxvb", "zqxvc", "zqxvd", "zqxve", "zqxvf")
"""Of title, description, partner, place, what the place has, and film; whole in Braille too."""

TOLD = (*MARKS, "interpreter", "sign language", "telling us what", "1325391000000106")
KINDS = sorted(WRITTEN_KINDS)


def marked(kind: Kind, **fields: object) -> Letter:
    """Build a letter of which all that is private is marked."""
    place = Venue(
        "Zqxvd Ward",
        "Zqxvd Ward, Zqxvc Hospital, 1 Uxbridge Road",
        "UB1 3EU",
        online=False,
        access=("zqxve",),
    )
    session = replace(a_session(), venue=place)
    values = {
        "title": "The zqxva ward",
        "description": "About zqxvb.\nAnd more zqxvb.",
        "partner": "Zqxvc",
        "sessions": (session,),
        "dropped": (replace(a_session(), venue=place),),
        "chosen": Chosen("lot", 0.12),
        **fields,
    }
    letter = a_letter(kind, **values)
    person = replace(letter.participant, interpreter=True, needs=("415803005", "1325391000000106"))
    given_up = (letter.invitation,) if kind is Kind.GOODBYE else ()
    invitation = None if kind is Kind.GOODBYE else letter.invitation
    return replace(
        letter,
        participant=person,
        invitation=invitation,
        given_up=given_up,
        film="https://films.example.org/zqxvf",
    )


def found_in(text: str) -> set[str]:
    return {mark for mark in TOLD if mark in text.casefold()}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        *((kind, {}) for kind in KINDS),
        (Kind.CHANGED, {"answer": "accepted"}),
        (Kind.NEEDS, {"answer": "accepted"}),
        (Kind.DECLINED, {"place_gone": True}),
        (Kind.ANOTHER_TIME, {"place_gone": True}),
    ],
)
def test_no_byte_of_any_form_tells_what_it_is_about(kind: Kind, fields: dict[str, object]) -> None:
    letter = discreet(marked(kind, **fields))

    told = {form: found_in(text) for form, text in every_form(letter)}

    assert {form: marks for form, marks in told.items() if marks} == {}


@pytest.mark.parametrize("kind", sorted(ONLY_CALLED))
def test_no_script_tells_what_it_is_about(kind: Kind) -> None:
    assert found_in(COMPOSER.script(discreet(marked(kind)))) == set()


def test_the_search_finds_each_mark_where_nobody_asked_for_discretion() -> None:
    forms = dict(every_form(marked(Kind.INVITATION)))

    seen = {form: found_in(text) for form, text in forms.items()}

    assert set.union(*seen.values()) >= {*MARKS, "interpreter", "sign language"}
    wordy = [form for form in forms if form != "text message"]
    assert [form for form in wordy if "zqxva" not in seen[form]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_message_tells_nobody_what_it_is_about(kind: Kind) -> None:
    assert found_in(COMPOSER.text_message(marked(kind), TO).words) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_subject_tells_what_it_is_about(kind: Kind) -> None:
    mail: EmailMessage = COMPOSER.email(marked(kind), TO)

    assert found_in(mail["Subject"]) <= {"telling us what"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NEVER_OF_AN_INVITATION])
def test_who_asked_for_discretion_is_led_to_the_details(kind: Kind) -> None:
    letter = discreet(marked(kind))

    mail = read_in_mail(COMPOSER.email(in_format(letter, letter.participant.format), TO))

    assert "https://wlc.example.org/i/" in mail
    assert "details are on your own page" in mail


def test_the_person_still_hears_when_and_where() -> None:
    mail = read_in_mail(COMPOSER.email(discreet(marked(Kind.ACCEPTED)), TO))

    assert "Tuesday 3 March 2026, 10:00am to 11:30am" in mail
    assert "1 Uxbridge Road, UB1 3EU" in mail


@given(
    name=st.text("abc ,", max_size=12),
    address=st.lists(st.text("abc ", max_size=8), max_size=4).map(", ".join),
    partner=st.text("abc ", max_size=6),
)
def test_no_address_repeats_a_name(name: str, address: str, partner: str) -> None:
    venue = Venue(name, address, None, online=False, access=("step-free",))
    session = replace(a_session(), venue=venue)

    [seen] = hidden(an_invitation(sessions=(session,), partner=partner, title="")).sessions

    parts = seen.venue.address.split(", ")
    assert (seen.venue.name, seen.venue.access) == ("", ())
    for private in (name.strip(), partner.strip()):
        assert not private or not any(private in part for part in parts)
    assert seen.id == session.id
    assert seen.starts_at == session.starts_at
