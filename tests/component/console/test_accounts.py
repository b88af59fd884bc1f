"""Accounts of staff: locks, browsers, what operators mend, and what the staff file ends."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest

from services.console.ports import Role, StaffMember
from services.console.use_cases.accounts import end_what_is_over, keep_accounts
from shared.changes import NOTHING
from tests.builders.codes import give_code, give_password, set_up_codes
from tests.builders.console import ConsoleInMemory, a_member


async def fail(console: ConsoleInMemory, times: int, *, name: str = "amina", at: str = "") -> int:
    """Give wrong passwords, each from an address of its own unless told; return the last status."""
    status = 0
    for number in range(times):
        address = at or f"10.0.{number // 250}.{number % 250 + 1}"
        transport = httpx.ASGITransport(console.app(), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=console.origin) as browser:
            status = (await give_password(browser, "no", name.format(number))).status_code
    return status


async def test_twenty_wrong_passwords_from_anywhere_lock_a_name_for_fifteen_minutes() -> None:
    console = ConsoleInMemory()

    statuses = [await fail(console, 20), await fail(console, 1, at="10.9.9.9")]
    async with console.visited() as browser:
        refused = await give_password(browser)
        console.clock.pass_by(timedelta(minutes=16))
        entered = await give_password(browser)

    assert statuses == [403, 429]
    assert (refused.status_code, entered.status_code) == (429, 303)


async def test_nobody_can_lock_a_colleague_out_of_a_browser_that_is_known_to_be_theirs() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        await browser.post("/sign-out")
        await fail(console, 20)
        await fail(console, 5, at="127.0.0.1")
        entered = await give_password(browser)

    assert entered.status_code == 303


async def test_a_known_browser_has_five_tries_too_and_only_for_its_own_name() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", token="b"))

    async with console.signed_in() as browser:
        own = [(await give_password(browser, "no")).status_code for _ in range(6)]
        await fail(console, 20, name="ben")
        other = await give_password(browser, username="ben")

    assert own == [403] * 5 + [429]
    assert other.status_code == 429


async def test_sixty_wrong_passwords_from_an_address_are_enough_whatever_the_names() -> None:
    console = ConsoleInMemory()

    statuses = [
        await fail(console, 60, name="guess-{}", at="10.1.1.1"),
        await fail(console, 1, name="one-more", at="10.1.1.1"),
        await fail(console, 1, name="one-more", at="10.1.1.2"),
    ]

    assert statuses == [403, 429, 403]


async def test_a_sign_in_takes_its_own_try_back_and_nobody_else_s() -> None:
    console = ConsoleInMemory()

    await fail(console, 19)
    async with console.visited() as browser:
        entered = await give_password(browser)
    statuses = [await fail(console, 1, at="10.9.9.1"), await fail(console, 1, at="10.9.9.2")]

    assert entered.status_code == 303
    assert statuses == [403, 429]


async def test_of_a_name_that_is_no_account_only_a_digest_is_kept() -> None:
    console = ConsoleInMemory()

    await fail(console, 1, name="my password by mistake")

    kept = str(console.stored.known.failed_sign_ins.entities)  # type: ignore[attr-defined]
    assert "my password" not in kept


async def test_an_operator_sees_who_is_locked_and_lets_them_try_again() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", roles=(Role.VIEWER,), token="b"))

    await fail(console, 20, name="ben")
    async with console.signed_in() as operator:
        locked = await operator.get("/accounts")
        lifted = await operator.post("/accounts/lift", data={"username": "ben"})
        free = await operator.get("/accounts")
    async with console.visited() as browser:
        entered = await give_password(browser, username="ben")

    assert "Let them try again" in locked.text
    assert lifted.status_code == 303
    assert "Let them try again" not in free.text
    assert entered.status_code == 303
    assert ("amina", "sign_in_lock_lifted", "ben") in console.stored.audited


async def test_an_operator_sees_the_accounts_of_their_hubs_alone() -> None:
    console = ConsoleInMemory()
    both = {"west-london": (Role.VIEWER,), "lambeth": (Role.LEAD,)}
    console.employ(
        replace(a_member("ben", token="b"), roles=both),
        a_member("cleo", hubs=("lambeth",), token="c"),
    )

    async with console.signed_in() as operator:
        page = await operator.get("/accounts")
        refused = await operator.post("/accounts/lift", data={"username": "cleo"})
        unknown = await operator.post("/accounts/codes-off", data={"username": "nobody"})

    assert "ben" in page.text
    assert "West London: Viewer" in page.text
    assert "cleo" not in page.text
    assert "Lambeth" not in page.text
    assert (refused.status_code, unknown.status_code) == (404, 404)


async def test_an_operator_takes_lost_codes_off_and_everything_is_signed_out() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", roles=(Role.COORDINATOR,), token="b"))

    async with console.signed_in("ben") as theirs, console.signed_in() as operator:
        await set_up_codes(theirs, console)
        before = await operator.get("/accounts")
        done = await operator.post("/accounts/codes-off", data={"username": "ben"})
        out = await theirs.get("/matches")
        entered = await give_password(theirs, username="ben")

    assert "Lost their codes?" in before.text
    assert done.status_code == out.status_code == 303
    assert entered.headers["location"] == "/"
    assert ("amina", "one_time_codes_taken_off", "ben") in console.stored.audited


async def test_nobody_takes_off_their_own_codes_or_those_of_who_works_elsewhere_too() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", hubs=("west-london", "lambeth"), token="b"))

    async with console.signed_in() as operator, console.signed_in("ben") as other:
        await set_up_codes(operator, console)
        await set_up_codes(other, console)
        page = await operator.get("/accounts")
        own = await operator.post("/accounts/codes-off", data={"username": "amina"})
        elsewhere = await operator.post("/accounts/codes-off", data={"username": "ben"})

    assert "Lost their codes?" not in page.text
    assert (own.status_code, elsewhere.status_code) == (409, 403)
    assert len(console.stored.known.one_time_codes.entities) == 2  # type: ignore[attr-defined]


async def test_staff_see_where_they_are_signed_in_and_sign_out_everywhere_else() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as other, console.signed_in() as browser:
        before = await browser.get("/account")
        done = await browser.post("/account/sign-out-others")
        after, there = await browser.get("/account"), await other.get("/account")

    assert "West London" in before.text
    assert "Lead, Operator" in before.text
    assert before.text.count("Another browser") == 1
    assert "Another browser" not in after.text
    assert (done.status_code, there.status_code) == (303, 303)
    assert ("amina", "signed_out_elsewhere", "amina") in console.stored.audited


@pytest.mark.parametrize(
    "now",
    [
        replace(a_member(), password_hash="$argon2id$another"),
        replace(a_member(), roles={"west-london": (Role.VIEWER,)}),
        replace(a_member(), oidc="somebody"),
        None,
    ],
)
async def test_a_change_in_the_staff_file_ends_sign_ins_at_once(now: StaffMember | None) -> None:
    console = ConsoleInMemory()
    known = console.stored.known

    async with console.signed_in() as browser:
        before = await browser.get("/matches")
        file = [now] if now else []
        await console.commits.commit("file", partial(keep_accounts, file, known))
        after = await browser.get("/matches")

    assert (before.status_code, after.status_code) == (200, 303)
    assert known.browsers.entities == {}  # type: ignore[attr-defined]


async def test_a_new_token_signs_no_browser_out() -> None:
    console = ConsoleInMemory()
    known = console.stored.known

    async with console.signed_in() as browser:
        file = [replace(a_member(), token_sha256="0" * 64)]
        await console.commits.commit("file", partial(keep_accounts, file, known))
        page = await browser.get("/matches")

    assert page.status_code == 200


async def test_of_an_account_that_is_gone_nothing_stays() -> None:
    console = ConsoleInMemory()
    known = console.stored.known

    async with console.signed_in() as browser:
        await set_up_codes(browser, console)
    await console.commits.commit("file", partial(keep_accounts, [], known))

    assert known.staff.entities == known.one_time_codes.entities == {}  # type: ignore[attr-defined]
    assert known.last_sign_ins.entities == known.browsers.entities == {}  # type: ignore[attr-defined]


async def test_what_is_over_of_sign_ins_is_dropped() -> None:
    console = ConsoleInMemory()
    known, facts = console.stored.known, console.facts

    async with console.signed_in() as browser:
        await set_up_codes(browser, console)
        await give_password(browser)
        await give_code(browser, "000000")
        await fail(console, 2, name="guess")
        early = await end_what_is_over(known, facts)
        console.clock.pass_by(timedelta(hours=25))
        await console.commits.commit("sweep", partial(end_what_is_over, known, console.facts))

    assert early == NOTHING
    assert known.half_signed_in.entities == known.browsers.entities == {}  # type: ignore[attr-defined]
    assert known.failed_sign_ins.entities == {}  # type: ignore[attr-defined]


async def test_signing_in_anew_ends_what_the_browser_was_signed_in_as() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        old = browser.cookies["wlc_staff"]
        await give_password(browser)
        new = browser.cookies["wlc_staff"]
    async with console.visited(cookie=f"wlc_staff={old}") as thief:
        refused = await thief.get("/matches")

    assert old != new
    assert refused.status_code == 303
