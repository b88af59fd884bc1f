"""Accounts, sign-ins, and links to calendars come back as they were kept."""

from dataclasses import replace
from datetime import timedelta

from services.console.ports import (
    CalendarLink,
    FailedSignIns,
    HalfSignedIn,
    How,
    LastSignIn,
    OneTimeCodes,
    Role,
    Shown,
    SignedIn,
    Whose,
)
from services.console.use_cases.accounts import keep_accounts
from shared.changes import Changes
from tests.builders.console import BEFORE_THE_SAMPLES_END, a_member
from tests.builders.console_knowledge import Subject


async def test_accounts_follow_their_file(subject: Subject) -> None:
    amina, ben = replace(a_member(), version=0), replace(a_member("ben", token="b"), version=0)
    moved = replace(amina, roles={"lambeth": (Role.VIEWER,)})
    known = subject.known
    await subject.commit(await keep_accounts([amina, ben], known))
    unchanged = await keep_accounts([amina, ben], known)

    await subject.commit(await keep_accounts([moved], known))

    [left] = await known.staff.everyone()
    assert unchanged.writes == ()
    assert (left.id, left.roles) == ("amina", {"lambeth": (Role.VIEWER,)})
    assert await known.staff.by_token(amina.token_sha256 or "") == left
    assert await known.staff.by_token(ben.token_sha256 or "") is None


async def test_an_account_is_found_by_what_its_provider_calls_it(subject: Subject) -> None:
    amina = replace(a_member(), version=0, oidc="7f0c", password_hash=None)
    ben = replace(a_member("ben", token="b"), version=0)
    await subject.commit(await keep_accounts([amina, ben], subject.known))

    found = await subject.known.staff.by_oidc("7f0c")

    assert found == replace(amina, version=1)
    assert found.fingerprint == amina.fingerprint
    assert await subject.known.staff.by_oidc("") is None
    assert await subject.known.staff.by_oidc("other") is None


async def test_sign_ins_come_back_as_they_were_kept_and_are_found_when_old(
    subject: Subject,
) -> None:
    known, now, minute = subject.known, BEFORE_THE_SAMPLES_END, timedelta(minutes=1)
    half = HalfSignedIn(id="h", username="amina", since=now, account="a", wanted="/matches")
    tries = FailedSignIns(id="t", count=2, since=now, username="amina", most=5, until=now + minute)
    of_nobody = FailedSignIns(id="u", count=1, since=now + minute)
    browser = SignedIn(
        id="b", username="amina", since=now, seen_at=now, account="a", how=How.PROVIDER
    )
    writes = (
        known.half_signed_in.keep(half),
        known.failed_sign_ins.keep(tries),
        known.failed_sign_ins.keep(of_nobody),
        known.browsers.keep(browser),
    )
    await subject.commit(Changes(writes))

    assert await known.half_signed_in.begun_before(now) == []
    assert await known.half_signed_in.begun_before(now + minute) == [replace(half, version=1)]
    assert await known.failed_sign_ins.begun_before(now + minute) == [replace(tries, version=1)]
    assert await known.failed_sign_ins.about("amina") == [replace(tries, version=1)]
    assert await known.browsers.begun_before(now + minute) == [replace(browser, version=1)]


async def test_codes_and_the_last_sign_in_come_back_as_they_were_kept(subject: Subject) -> None:
    known, now = subject.known, BEFORE_THE_SAMPLES_END
    codes = OneTimeCodes(id="amina", sealed="s", since=now, last_step=7, recovery=("a", "b"))
    last = LastSignIn(id="amina", at=now, how=How.CODE)
    await subject.commit(
        Changes((known.one_time_codes.keep(codes), known.last_sign_ins.keep(last)))
    )

    assert await known.one_time_codes.get("amina") == replace(codes, version=1)
    assert await known.last_sign_ins.get("amina") == replace(last, version=1)


async def test_the_browsers_of_a_member_of_staff_are_found(subject: Subject) -> None:
    now = BEFORE_THE_SAMPLES_END
    mine = SignedIn(id="a", username="amina", since=now, seen_at=now)
    other = SignedIn(id="b", username="ben", since=now, seen_at=now)
    browsers = subject.known.browsers
    await subject.commit(Changes((browsers.keep(mine), browsers.keep(other))))

    found = await browsers.of("amina")

    assert found == [replace(mine, version=1)]


async def test_links_to_calendars_are_listed_by_hub_the_newest_first(subject: Subject) -> None:
    def link(name: str, hub: str, hours: int) -> CalendarLink:
        shown = Shown(hub=hub, whose=Whose.HUB, id=hub, name="All sessions")
        made_at = BEFORE_THE_SAMPLES_END + timedelta(hours=hours)
        return CalendarLink(id=name, shown=shown, made_by="amina", made_at=made_at)

    links = subject.known.calendar_links
    made = [link("old", "brent", 0), link("new", "brent", 1), link("theirs", "ealing", 2)]
    await subject.commit(Changes(tuple(links.keep(each) for each in made)))

    found = await links.of_hubs(("brent",))

    assert [each.id for each in found] == ["new", "old"]
    assert found[0] == replace(made[1], version=1)
