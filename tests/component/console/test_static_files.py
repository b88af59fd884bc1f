"""Style sheets and scripts: compressed, kept for good, and never those of another release."""

import gzip
import re
from collections import Counter

import pytest

from services.console.api.static_files import STATIC, static_files
from tests.builders.console import ConsoleInMemory

STYLES = "nhsuk/nhsuk-frontend.min.css"
AS_IT_IS = (STATIC / STYLES).read_bytes()


async def test_a_page_names_its_files_by_their_hash_and_they_are_kept_for_good() -> None:
    async with ConsoleInMemory().visited() as browser:
        page = await browser.get("/sign-in")
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        files = [await browser.get(each) for each in named]

    assert static_files().address(STYLES) in named
    assert [each.status_code for each in files] == [200] * len(named)
    assert {each.headers["cache-control"] for each in files} == {
        "public, max-age=31536000, immutable"
    }
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("br", False),
    ],
)
async def test_a_file_is_compressed_for_who_takes_it(accepted: str, *, compressed: bool) -> None:
    address = static_files().address(STYLES)

    async with ConsoleInMemory().visited(**{"accept-encoding": accepted}) as browser:
        given = await browser.get(address)

    assert given.content == AS_IT_IS
    assert given.headers.get("content-encoding") == ("gzip" if compressed else None)
    assert int(given.headers["content-length"]) == len(
        gzip.compress(AS_IT_IS, mtime=0) if compressed else AS_IT_IS
    )
    assert given.headers["vary"] == "Accept-Encoding"
    assert given.headers["content-type"] == "text/css; charset=utf-8"
    assert given.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("release", "kept"), [("", "public, max-age=3600"), ("0123456789ab/", "no-store")]
)
async def test_a_file_of_no_release_is_kept_for_a_while_and_one_of_another_not_at_all(
    release: str, kept: str
) -> None:
    async with ConsoleInMemory().visited() as browser:
        given = await browser.get(f"/static/{release}{STYLES}")
        again = await browser.get(
            f"/static/{release}{STYLES}", headers={"if-none-match": given.headers["etag"]}
        )

    assert given.status_code == 200
    assert given.headers["cache-control"] == kept
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["nothing.css", "../api/parts.py", "..%2fapi%2fparts.py", "nhsuk/README.md", "", "nhsuk/"],
)
async def test_nothing_but_files_of_pages_is_given(name: str) -> None:
    async with ConsoleInMemory().visited() as browser:
        refused = await browser.get(f"/static/{name}")

    assert refused.status_code == 404


async def test_files_are_only_read() -> None:
    async with ConsoleInMemory().visited() as browser:
        address = static_files().address("console.css")
        headed = await browser.head(address)
        posted = await browser.post(address)

    assert (headed.status_code, headed.content) == (200, b"")
    assert posted.status_code == 405


def test_a_template_cannot_name_a_file_that_is_not_there() -> None:
    with pytest.raises(LookupError):
        static_files().address("nothing.css")


def test_no_two_rules_of_the_consoles_own_style_sheet_have_one_name() -> None:
    sheet = (STATIC / "console.css").read_text("utf-8")
    everywhere = sheet.partition("@media")[0]

    names = Counter(re.findall(r"^([^{}/\n]+?) \{", everywhere, flags=re.MULTILINE))

    assert len(names) > 100
    assert [each for each, times in names.items() if times > 1] == []
