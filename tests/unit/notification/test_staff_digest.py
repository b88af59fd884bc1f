"""Several pieces of news for staff in one e-mail."""

from services.notification.clients.letters import MarkdownComposer
from services.notification.domain import Kind, Letterhead
from tests.builders.letters import COMPOSER, LINKS, text_of
from tests.builders.notification import HUB, a_match, a_message
from tests.builders.staff_news import a_staff_session

HOSTILE = "<b>x</b> [a](https://evil.example.org)\n# h"


def test_a_digest_groups_news_by_kind_with_a_link_each() -> None:
    first, second = a_match(title="Gardens"), a_match(title="Kitchens")
    session = a_staff_session(title="Wards")
    items = [
        (a_message(Kind.STAFF_MATCH, match_id=first.id), first),
        (a_message(Kind.STAFF_AT_RISK, session_id=session.id), session),
        (a_message(Kind.STAFF_MATCH, match_id=second.id), second),
    ]

    mail = COMPOSER.to_staff_digest(HUB, items, key="digest-7")

    text = text_of(mail)
    assert mail["Subject"] == "3 things that need you"
    assert mail["Message-ID"] == "<digest-7@wlc.example.org>"
    assert mail["To"] == "team@wlc.example.org"
    assert text.count("Panels ready for your decision") == 1
    assert text.index("Wards") < min(text.index("Gardens"), text.index("Kitchens"))
    for path in (f"matches/{first.id}", f"matches/{second.id}", f"sessions/{session.id}"):
        assert text.count(f"https://wlc.example.org/{path}") == 1


def test_what_partners_write_can_only_be_words_in_a_digest() -> None:
    match = a_match(title=HOSTILE, unmet=(HOSTILE,))

    mail = COMPOSER.to_staff_digest(
        HUB, [(a_message(Kind.STAFF_SHORT, match_id=match.id), match)], key="digest-8"
    )

    html = mail.get_body(("html",)).get_content()
    assert 'href="https://evil' not in html
    assert "<b>" not in html
    assert mail["Subject"] == "1 thing that needs you"


def test_there_is_no_digest_of_nothing() -> None:
    assert COMPOSER.to_staff_digest(HUB, [], key="digest-9") is None


def test_there_is_no_digest_for_a_hub_without_an_address_of_staff() -> None:
    composer = MarkdownComposer(Letterhead("a@example.org", "https://x.example.org", {}), LINKS)
    items = [(a_message(Kind.STAFF_MATCH), a_match())]

    assert composer.to_staff_digest(HUB, items, key="digest-10") is None
