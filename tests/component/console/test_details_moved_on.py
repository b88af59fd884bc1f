"""What a person corrects is lost neither to an older page nor by pressing a button twice."""

import asyncio
import re
from typing import Any

import httpx

from shared.committer import Outcome, Work
from shared.contracts.participants import ParticipantUpdated
from shared.errors import ConflictError
from tests.builders.console import ConsoleInMemory
from tests.component.console.test_details_pages import (
    CARD,
    FORM,
    ODD,
    STEP_FREE,
    WHO,
    details,
    known,
    of_them,
    said,
)
from tests.fakes.console import CommitsInMemory, InMemoryConsole


def seen(page: httpx.Response) -> dict[str, str]:
    """Return what the page carries of how often something was said before."""
    return dict(re.findall(r'name="(given)" value="(\d+)"', page.text))


async def test_a_newer_correction_is_not_lost_to_a_page_that_was_loaded_before_it() -> None:
    console = await known()
    path = details(console)
    late = FORM | {"name": CARD.display_name, "address_as": "Zax"}

    async with console.visited() as browser:
        page_a, page_b = await browser.get(path), await browser.get(path)
        first = await browser.post(path, data=FORM | seen(page_a))
        refused = await browser.post(path, data=late | seen(page_b))
        without_the_field = await browser.post(path, data=late)
        with_faults = await browser.post(path, data=late | {"name": ""})
        kept = len(said(console))
        again = await browser.post(path, data=FORM | {"address_as": "Zax"} | seen(refused))

    assert (first.status_code, seen(page_b), seen(refused)) == (303, {"given": "0"}, {"given": "1"})
    for page in (refused, without_the_field, with_faults):
        assert page.status_code == 409
        assert "Your details were changed on another page meanwhile." in page.text
        assert "Below is what we have now; please change it again." in page.text
        assert 'value="Zaxquil Brindle-Okoro"' in page.text
        assert 'value="Zax"' not in page.text
    assert kept == 1
    assert (again.status_code, len(said(console))) == (303, 2)
    card = console.opener.sealed_here[said(console)[1].data.sealed.ciphertext]
    assert (card.display_name, card.address_as) == ("Zaxquil Brindle-Okoro", "Zax")


async def test_the_page_with_faults_still_counts_from_when_it_was_loaded() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        await browser.post(path, data=FORM)
        faulty = await browser.post(path, data=FORM | {"name": "", "given": "1"})

    assert (faulty.status_code, seen(faulty)) == (422, {"given": "1"})


async def test_the_same_pressed_again_is_quiet_and_in_whatever_order_its_needs_are_kept() -> None:
    console = await known()
    path = details(console)

    async with console.visited() as browser:
        page = await browser.get(path)
        for _ in range(3):
            pressed = await browser.post(path, data=FORM | seen(page))
        told = {"needs": [ODD, STEP_FREE], **said_of_them(console)}
        await console.hear(of_them(ParticipantUpdated, sequence=9, data=told))
        once_more = await browser.post(path, data=FORM | seen(page))

    assert (pressed.status_code, once_more.status_code) == (303, 303)
    assert len(said(console)) == 1


def said_of_them(console: ConsoleInMemory) -> dict[str, Any]:
    """What intake tells of the person once it has heard what they said."""
    given = said(console)[0].data.model_dump()
    return {key: given[key] for key in ("preferred_channel", "languages", "contact_preference")}


class CommitsAtOnce(CommitsInMemory):
    """Works computed before any of them is committed; what is outrun is computed again."""

    def __init__(self, console: InMemoryConsole, together: int) -> None:
        super().__init__(console)
        self._all_computed = asyncio.Barrier(together)

    async def commit(self, message_id: str, work: Work) -> Outcome:  # noqa: ARG002 - each is new
        changes = await work()
        await self._all_computed.wait()
        while True:
            try:
                self._console.commit(changes)
            except ConflictError:
                changes = await work()
            else:
                return Outcome.DONE


async def test_the_same_pressed_four_times_at_once_is_told_once() -> None:
    console = await known()
    console.commits = CommitsAtOnce(console.stored, together=4)
    path = details(console)

    async with console.visited() as browser:
        pressed = await asyncio.gather(*(browser.post(path, data=FORM) for _ in range(4)))

    assert [each.status_code for each in pressed] == [303] * 4
    assert [each.sequence for each in said(console)] == [1]
    stored = await console.stored.known.details.get(str(WHO))
    assert stored is not None
    assert stored.given == 1


async def test_of_two_that_differ_at_once_one_is_kept_and_the_other_is_asked_again() -> None:
    console = await known()
    console.commits = CommitsAtOnce(console.stored, together=2)
    path = details(console)

    async with console.visited() as browser:
        forms = (FORM, FORM | {"address_as": "Zax"})
        pressed = await asyncio.gather(*(browser.post(path, data=each) for each in forms))

    assert sorted(each.status_code for each in pressed) == [303, 409]
    assert len(said(console)) == 1
