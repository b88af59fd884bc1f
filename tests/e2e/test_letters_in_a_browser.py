"""Every e-mail as a page in a real browser: no accessibility violation, and nothing too wide."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from services.notification.domain import Kind, Letter
from tests.builders.letters import COMPOSER, TO_PEOPLE, written
from tests.builders.notification import a_letter, a_match, a_message
from tests.builders.staff_news import a_staff_session

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 320, "height": 640}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
EASY_READ, PRINT_28 = "796161000000101", "957371000000106"
NEEDS = [(), (PRINT_28,), (EASY_READ,)]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield await browser.new_page(viewport=PHONE)
        await browser.close()


def letters(needs: tuple[str, ...]) -> list[Letter]:
    return [
        replace(letter, participant=replace(letter.participant, needs=needs))
        for letter in (a_letter(kind) for kind in TO_PEOPLE)
    ]


async def faults(page: Page, name: str, html: str) -> list[str]:
    await page.set_content(html)
    found = await Axe().run(page, options=RULES)
    broken = [f"{name}: {each['id']}" for each in found.response["violations"]]
    width = await page.evaluate("document.documentElement.scrollWidth")
    return broken + ([f"{name}: {width} wide"] if width > PHONE["width"] else [])


@pytest.mark.parametrize("needs", NEEDS, ids=["usual", "28-point", "easy-read"])
async def test_no_e_mail_to_a_person_has_a_fault(page: Page, needs: tuple[str, ...]) -> None:
    found = []
    for letter in letters(needs):
        html = written(letter).get_body(("html",)).get_content()
        found += await faults(page, letter.kind, html)

    assert found == []


async def test_no_e_mail_to_staff_has_a_fault(page: Page) -> None:
    session, match = a_staff_session(), a_match(unmet=("Two more carers are needed.",))
    news = [
        (a_message(kind, participant_id=None), subject)
        for kind, subject in (
            (Kind.STAFF_MATCH, match),
            (Kind.STAFF_SHORT, match),
            (Kind.STAFF_UNSCHEDULED, session),
            (Kind.STAFF_MISSING, session),
            (Kind.STAFF_AT_RISK, session),
        )
    ]
    mails = [COMPOSER.to_staff(*each) for each in news]
    mails.append(COMPOSER.to_staff_digest("west-london", news, key=news[0][0].id))

    found = []
    for mail in mails:
        assert mail is not None
        html = mail.get_body(("html",)).get_content()
        found += await faults(page, str(mail["Subject"]), html)

    assert found == []
