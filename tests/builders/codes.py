"""A member of staff with an app for one-time codes, in a browser."""

import html
import re
from datetime import timedelta

import httpx
import pyotp

from tests.builders.console import PASSWORD, ConsoleInMemory

KEY = re.compile(r'<code class="wlc-key-text">([A-Z2-7 ]+)</code>')
RECOVERY = re.compile(r"<code class=\"wlc-key-text\">([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>")


class App:
    """What stands on the phone: it knows the key, and what time it is."""

    def __init__(self, key: str, console: ConsoleInMemory) -> None:
        self._totp = pyotp.TOTP(key)
        self._console = console

    def code(self, *, off: int = 0) -> str:
        """Return the code of now, or of some steps of 30 seconds off."""
        return self._totp.at(self._console.clock.now, counter_offset=off)


async def begin_codes(browser: httpx.AsyncClient, console: ConsoleInMemory) -> App:
    """Make a key for an app, and let the app read it."""
    await browser.post("/account/codes/begin", data={"password": PASSWORD})
    page = await browser.get("/account/codes")
    [key] = KEY.findall(html.unescape(page.text))
    return App(key.replace(" ", ""), console)


async def set_up_codes(
    browser: httpx.AsyncClient, console: ConsoleInMemory
) -> tuple[App, list[str]]:
    """Set one-time codes up; return the app and the recovery codes. Half a minute passes."""
    app = await begin_codes(browser, console)
    done = await browser.post("/account/codes", data={"code": app.code()})
    console.clock.pass_by(timedelta(seconds=30))
    return app, RECOVERY.findall(done.text)


async def give_password(
    browser: httpx.AsyncClient, password: str = PASSWORD, username: str = "amina", wanted: str = "/"
) -> httpx.Response:
    """Send the first form of signing in."""
    form = {"username": username, "password": password, "wanted": wanted}
    return await browser.post("/sign-in", data=form)


async def give_code(browser: httpx.AsyncClient, code: str) -> httpx.Response:
    """Send the second form of signing in."""
    return await browser.post("/sign-in/code", data={"code": code})
