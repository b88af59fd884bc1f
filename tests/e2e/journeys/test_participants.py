"""What people do by the link in their message: both widths, with and without JavaScript."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from deploy.demo.mailbox import Mail
from tests.builders.gateway import (
    DESK,
    EVERYWHERE,
    Gateway,
    a_browser,
    a_gateway,
    eventually,
)

DETAILS = re.compile(r"https?://\S+/d/[^\s/>)]+")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    async with a_gateway() as running:
        await running.publish_engagements()
        await running.match_waiting(at_least=8)
        await running.approve_all()
        await running.invited(at_least=9)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest.mark.parametrize(("size", "scripts"), EVERYWHERE)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_person_says_what_they_need_and_yes_and_then_wants_another_time(
    gateway: Gateway, browser: Browser, size: dict[str, int], *, scripts: bool
) -> None:
    mail = gateway.next_invited()
    page = await opened(browser, mail, size, scripts=scripts)

    await page.get_by_role("button", name="I need something").click()
    await page.get_by_label("A wheelchair").or_(page.get_by_role("checkbox").first).first.check()
    await page.get_by_role("button", name="Send what I need").click()
    await page.get_by_role("button", name="Yes, I will come").click()
    await expect(page.get_by_role("heading", name="You said yes")).to_be_visible()
    await page.get_by_role("button", name="I want to come, but not at these times").click()

    await expect(page.get_by_role("heading", name="another time")).to_be_visible()
    await page.close()


@pytest.mark.parametrize(("size", "scripts"), EVERYWHERE)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_person_corrects_their_details_by_a_link_of_their_own_and_leaves(
    gateway: Gateway, browser: Browser, size: dict[str, int], *, scripts: bool
) -> None:
    mail = gateway.next_invited()
    page = await opened(browser, mail, size, scripts=scripts)
    await page.get_by_role("button", name="See or correct your details").click()
    await page.locator("main form button").first.click()
    await expect(page.get_by_role("heading", name="We have sent you a link")).to_be_visible()

    await page.goto(await link_to_details(gateway, mail))
    await page.get_by_label("What we should call you").fill("Alex")
    await page.get_by_role("button", name="Keep my details").click()
    await expect(page.get_by_text("We have kept your details")).to_be_visible()
    await expect(page.get_by_label("What we should call you")).to_have_value("Alex")

    await page.goto(str(mail.link))
    await page.get_by_role("link", name="I want to leave the collaborative").click()
    await page.get_by_role("button", name="Yes, I want to leave").click()
    await expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    await page.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_link_that_was_changed_or_is_for_something_else_opens_nothing(
    gateway: Gateway, browser: Browser
) -> None:
    mail = gateway.next_invited()
    page = await browser.new_page(viewport=DESK)
    token = str(mail.link).rpartition("/")[2]

    for path in (f"/d/{token}", f"/i/{token[:-1]}", f"/i/{token}x", "/i/1"):
        answer = await page.goto(gateway.url + path)
        assert answer is not None
        assert answer.status == 404, path

    await page.close()


async def opened(browser: Browser, mail: Mail, size: dict[str, int], *, scripts: bool) -> Page:
    page = await browser.new_page(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
    await page.goto(str(mail.link))
    return page


async def link_to_details(gateway: Gateway, mail: Mail) -> str:
    """Wait for the message with the link that only they have."""

    async def found() -> str | None:
        texts = gateway.texts_to(mail.to)
        links = [link[0] for text in texts if (link := DETAILS.search(text))]
        return links[0] if links else None

    return await eventually(found)
