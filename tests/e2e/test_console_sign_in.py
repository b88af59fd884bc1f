"""Staff sign in by a real browser: by a provider, by one-time codes; each page on the way is good.

What the provider is told, and what it must not be believed, is proved without a browser in
tests/component/console/test_provider.py.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.builders.busy_console import served
from tests.builders.console import PASSWORD, ConsoleInMemory, a_member
from tests.builders.gateway import DESK
from tests.builders.looking import faults
from tests.builders.openid import AMINA, NAME, OLD_AUTHLIB, RunningProvider, a_provider

pytestmark = pytest.mark.filterwarnings(OLD_AUTHLIB)


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with a_provider() as running:
        yield running


@pytest.fixture
async def console(provider: RunningProvider) -> AsyncIterator[ConsoleInMemory]:
    console = ConsoleInMemory(provider=provider.client())
    console.employ(replace(a_member(), oidc=AMINA), a_member("ben"))
    async with served(console):
        yield console


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_staff_sign_in_and_out_through_the_provider(
    browser: Browser, console: ConsoleInMemory, *, scripts: bool
) -> None:
    page = await browser.new_page(viewport=DESK, java_script_enabled=scripts)  # type: ignore[arg-type]
    await page.goto(f"{console.origin}/matches")
    found = await looked_at(page, scripts=scripts)
    await vouched_for(page, AMINA)
    await page.wait_for_url(f"{console.origin}/matches")
    await expect(page.get_by_text("Signed in as amina")).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{console.origin}/sign-out/elsewhere")
    found += await looked_at(page, scripts=scripts)
    await page.goto(f"{console.origin}/matches")

    assert found == []
    assert page.url == f"{console.origin}/sign-in?wanted=/matches"


async def test_whom_nobody_gave_access_is_told_so(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(viewport=DESK)
    await page.goto(f"{console.origin}/sign-in")
    await vouched_for(page, "stranger")

    await expect(page.get_by_role("heading", name="You have no account here")).to_be_visible()
    assert await faults(page) == []


async def test_staff_set_up_codes_keep_the_recovery_codes_and_sign_in_by_a_code(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(viewport=DESK)
    await by_password(page, console, "wrong")
    found = await faults(page)
    await by_password(page, console, PASSWORD)

    await page.goto(f"{console.origin}/account/codes")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    key = await page.locator("code.wlc-key-text").inner_text()
    app = pyotp.TOTP(key.replace(" ", ""))
    await give_code(page, "Switch codes on", "000000")
    found += await faults(page)
    await give_code(page, "Switch codes on", app.at(console.clock.now))
    recovery = await page.locator("li code").all_inner_texts()
    found += await faults(page)
    await page.get_by_role("button", name="I have kept them").press("Space")
    await page.wait_for_url(f"{console.origin}/account")
    found += await faults(page)

    await page.get_by_role("button", name="Sign out").click()
    await by_password(page, console, PASSWORD)
    await page.wait_for_url(f"{console.origin}/sign-in/code")
    found += await faults(page)
    await give_code(page, "Sign in", "000000")
    found += await faults(page)
    await give_code(page, "Sign in", recovery[0])
    await expect(page.get_by_text("Signed in as ben")).to_be_visible()

    assert found == []


async def by_password(page: Page, console: ConsoleInMemory, password: str) -> None:
    await page.goto(f"{console.origin}/sign-in")
    await page.get_by_label("User name").fill("ben")
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def give_code(page: Page, button: str, code: str) -> None:
    await page.get_by_label("Six-digit code").fill(code)
    await page.get_by_role("button", name=button).click()


async def vouched_for(page: Page, subject: str) -> None:
    """Go to the provider, sign in there as somebody, and be sent back."""
    await page.get_by_role("button", name=f"Sign in with {NAME}").click()
    await page.locator("input[name=sub]").fill(subject)
    await page.locator("input[name=sub]").press("Enter")


async def looked_at(page: Page, *, scripts: bool) -> list[str]:
    """Return what is wrong with the page; axe needs scripts."""
    return await faults(page) if scripts else []
