"""One-time codes of staff: set up, asked for, lost, required."""

from datetime import timedelta

import pytest

from services.console.ports import How, Role
from tests.builders.codes import begin_codes, give_code, give_password, set_up_codes
from tests.builders.console import PASSWORD, ConsoleInMemory, a_member


async def test_staff_set_up_codes_from_a_picture_or_a_key_and_get_recovery_codes_once() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app = await begin_codes(browser, console)
        picture = await browser.get("/account/codes/key.svg")
        wrong = await browser.post("/account/codes", data={"code": "000000"})
        before = await browser.get("/account")
        done = await browser.post("/account/codes", data={"code": app.code()})
        after = await browser.get("/account")
        gone = await browser.get("/account/codes/key.svg")

    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["cache-control"] == "no-store"
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    assert "Set up one-time codes" in before.text
    assert done.text.count("<li><code") == 8
    assert "You have 8 recovery codes left" in after.text
    assert gone.status_code == 404
    assert ("amina", "one_time_codes_set_up", "amina") in console.stored.audited


async def test_neither_the_key_nor_a_recovery_code_is_stored_in_the_clear() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, recovery = await set_up_codes(browser, console)

    stored = str(console.stored.known.one_time_codes.entities)  # type: ignore[attr-defined]
    assert app._totp.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in recovery)
    assert len(set(recovery)) == 8


async def test_codes_are_not_begun_without_the_password() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        refused = await browser.post("/account/codes/begin", data={"password": "no"})

    assert refused.status_code == 422
    assert "This is not your password." in refused.text
    assert console.stored.known.one_time_codes.entities == {}  # type: ignore[attr-defined]


async def test_a_password_alone_opens_nothing_once_there_are_codes() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
    async with console.visited() as browser:
        half = await give_password(browser, wanted="/matches")
        form = await browser.get("/sign-in/code")
        cookie = half.headers["set-cookie"]
        nothing = await browser.get("/matches")
        entered = await give_code(browser, app.code())
        page = await browser.get("/matches")

    assert (half.status_code, half.headers["location"]) == (303, "/sign-in/code")
    assert "wlc_staff" not in cookie
    assert "HttpOnly" in cookie
    assert 'autocomplete="one-time-code"' in form.text
    assert nothing.headers["location"].startswith("/sign-in")
    assert entered.headers["location"] == "/matches"
    assert page.status_code == 200
    assert console.stored.known.half_signed_in.entities == {}  # type: ignore[attr-defined]


async def test_the_cookie_between_the_steps_is_no_sign_in() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        await set_up_codes(browser, console)
    async with console.visited() as browser:
        await give_password(browser)
        browser.cookies.set("wlc_staff", browser.cookies["wlc_half"])
        nothing = await browser.get("/matches")

    assert nothing.status_code == 303


async def test_a_code_is_never_taken_twice() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, recovery = await set_up_codes(browser, console)
    code, answers = app.code(), []
    for given in (code, code, recovery[0], recovery[0], app.code(off=-1)):
        async with console.visited() as browser:
            await give_password(browser)
            answers.append((await give_code(browser, given)).status_code)

    assert answers == [303, 403, 303, 403, 403]


async def test_the_code_with_which_codes_were_switched_on_does_not_sign_in() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app = await begin_codes(browser, console)
        code = app.code()
        await browser.post("/account/codes", data={"code": code})
    async with console.visited() as browser:
        await give_password(browser)
        refused = await give_code(browser, code)

    assert refused.status_code == 403


@pytest.mark.parametrize(("off", "status"), [(-2, 403), (-1, 303), (0, 303), (1, 303), (2, 403)])
async def test_the_clock_of_a_phone_may_be_half_a_minute_off(off: int, status: int) -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
        console.clock.pass_by(timedelta(minutes=2))
    async with console.visited() as browser:
        await give_password(browser)
        entered = await give_code(browser, app.code(off=off))

    assert entered.status_code == status


@pytest.mark.parametrize("code", ["12345", "1234567", "ABCDEF", "١٢٣٤٥٦", "-12345", "x" * 300])
async def test_what_is_no_code_is_refused(code: str) -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        await set_up_codes(browser, console)
    async with console.visited() as browser:
        await give_password(browser)
        refused = await give_code(browser, code)

    assert refused.status_code == 403
    assert ("amina", "sign_in_refused", "amina") in console.stored.audited


async def test_where_no_code_is_entered_that_is_said_and_is_no_wrong_try() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        await begin_codes(browser, console)
        set_up = await browser.post("/account/codes", data={"code": " "})
        app, _ = await set_up_codes(browser, console)
    async with console.visited() as browser:
        await give_password(browser)
        asked = [await give_code(browser, "") for _ in range(6)]
        entered = await give_code(browser, app.code())

    assert {each.status_code for each in (set_up, *asked)} == {422}
    assert "Enter the code" in set_up.text
    assert "Enter the code" in asked[0].text
    assert entered.status_code == 303


async def test_all_that_is_missing_to_switch_codes_off_is_said_at_once() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        await set_up_codes(browser, console)
        asked = await browser.post("/account/codes/off", data={"password": "", "code": ""})
        alone = await browser.post("/account/codes/off", data={"password": PASSWORD, "code": ""})

    assert (asked.status_code, alone.status_code) == (422, 422)
    assert '<a href="#password">Enter your password</a>' in asked.text
    assert '<a href="#code">Enter the code</a>' in asked.text
    assert "Enter your password" not in alone.text


async def test_who_switches_codes_on_twice_is_told_how_to_come_by_recovery_codes() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app = await begin_codes(browser, console)
        page = await browser.get("/account/codes")
        await browser.post("/account/codes", data={"code": app.code()})
        again = await browser.post("/account/codes", data={"code": app.code()})

    assert 'data-prevent-double-click="true">Switch codes on' in page.text
    assert again.status_code == 409
    assert "switch the codes off there and set them up again" in again.text


async def test_a_recovery_code_is_taken_as_people_write_it() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        _, recovery = await set_up_codes(browser, console)
    async with console.visited() as browser:
        await give_password(browser)
        entered = await give_code(browser, f" {recovery[3].lower().replace('-', ' ')} ")
        page = await browser.get("/account")

    assert entered.status_code == 303
    assert "You have 7 recovery codes left" in page.text


async def test_whoever_signs_in_rightly_by_password_and_code_leaves_no_tries_behind() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        _, recovery = await set_up_codes(browser, console)
    for code in recovery[:4]:
        async with console.visited() as browser:
            await give_password(browser)
            await give_code(browser, code)

    counts = console.stored.known.failed_sign_ins.entities  # type: ignore[attr-defined]
    assert [each.count for each in counts.values()] == []


async def test_wrong_codes_are_counted_and_the_right_password_does_not_clear_the_count() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
    statuses = []
    async with console.visited() as browser:
        for _ in range(2):
            await give_password(browser)
            statuses += [(await give_code(browser, "000000")).status_code for _ in range(2)]
        refused = await give_code(browser, app.code())

    assert statuses == [403, 403, 403, 429]
    assert refused.status_code == 429


async def test_ten_wrong_codes_in_a_day_stop_whoever_has_the_password() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
    async with console.visited() as browser:
        for _ in range(10):
            await give_password(browser)
            await give_code(browser, "000000")
            console.clock.pass_by(timedelta(minutes=16))
        await give_password(browser)
        refused = await give_code(browser, app.code())
        console.clock.pass_by(timedelta(hours=24))
        await give_password(browser)
        entered = await give_code(browser, app.code())

    assert (refused.status_code, entered.status_code) == (429, 303)


async def test_the_second_step_ends_after_ten_minutes_and_with_a_changed_account() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
    async with console.visited() as browser:
        await give_password(browser)
        console.clock.pass_by(timedelta(minutes=11))
        late = await give_code(browser, app.code())
        await give_password(browser)
        console.employ(a_member(roles=(Role.VIEWER,)))
        changed = await give_code(browser, app.code())

    assert late.headers["location"] == changed.headers["location"] == "/sign-in"


async def test_codes_are_switched_off_by_password_and_code() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        app, _ = await set_up_codes(browser, console)
        wrong = [
            await browser.post("/account/codes/off", data={"password": password, "code": code})
            for password, code in (("no", app.code()), (PASSWORD, "000000"), (PASSWORD, ""))
        ]
        off = await browser.post(
            "/account/codes/off", data={"password": PASSWORD, "code": app.code()}
        )
    async with console.visited() as browser:
        entered = await give_password(browser)

    assert [each.status_code for each in wrong] == [422, 422, 422]
    assert "This is not your password." in wrong[0].text
    assert "This code is not right" in wrong[1].text
    assert off.status_code == 303
    assert "wlc_staff" in entered.headers["set-cookie"]
    assert ("amina", "one_time_codes_switched_off", "amina") in console.stored.audited


async def test_setting_codes_up_signs_out_where_none_was_asked_for() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as other, console.signed_in() as browser:
        await set_up_codes(browser, console)
        here, there = await browser.get("/matches"), await other.get("/matches")

    [left] = console.stored.known.browsers.entities.values()  # type: ignore[attr-defined]
    assert (here.status_code, there.status_code) == (200, 303)
    assert left.how is How.CODE


async def test_where_codes_are_required_nothing_opens_before_they_are_set_up() -> None:
    console = ConsoleInMemory(codes_required=True)

    async with console.signed_in() as browser:
        led = await browser.get("/matches")
        posted = await browser.post("/accounts/lift", data={"username": "amina"})
        scripted = await browser.get("/v1/matches")
        step = await browser.get(led.headers["location"])
        await set_up_codes(browser, console)
        page = await browser.get("/matches")
    async with console.scripted() as script:
        by_token = await script.get("/v1/matches")

    assert led.headers["location"] == posted.headers["location"] == "/account/codes"
    assert "Everybody needs them here" in step.text
    assert (scripted.status_code, page.status_code, by_token.status_code) == (403, 200, 200)


async def test_a_token_opens_nobody_s_own_account() -> None:
    console = ConsoleInMemory()

    async with console.scripted() as script:
        shown = await script.get("/account")
        begun = await script.post("/account/codes/begin", data={"password": PASSWORD})

    assert shown.headers["location"] == "/sign-in?wanted=/account"
    assert begun.status_code == 303
    assert console.stored.known.one_time_codes.entities == {}  # type: ignore[attr-defined]
