"""What a person presses on their page, taken by scheduling, as the page then shows it."""

from shared.contracts.base import Event
from shared.contracts.sessions import Answer, InvitationDeclined
from tests.builders.console import Clock, ConsoleInMemory
from tests.builders.scheduling import NOW, approved, engagement, participant, rules
from tests.fakes.scheduling import Stage


class Journey:
    """The console and scheduling, which hear each other."""

    def __init__(self) -> None:
        self.console = ConsoleInMemory(clock=Clock(NOW))
        self.stage = Stage(rules(), NOW)

    async def begin(self, *reserves: str) -> str:
        """Invite ada; return the link in her message."""
        people = [participant(name) for name in ("ada", *reserves)]
        await self.stage.hear(*people, engagement(), approved("ada", reserves=list(reserves)))
        await self._tell()
        return self.console.link(self.stage.invited("ada").invitation_id)

    async def press(self, link: str, answer: str) -> str:
        """Press a button on the page; return the page that ada finds when all has settled."""
        async with self.console.visited() as browser:
            await browser.post(link, data={"answer": answer})
            await self._tell()
            return (await browser.get(link)).text

    async def _tell(self) -> None:
        await self.stage.hear(*self.console.stored.events)
        await self.console.hear(*map(_received, self.stage.store.events))


def _received(event: Event) -> Event:
    return type(event).model_validate_json(event.model_dump_json())


async def test_who_said_no_by_mistake_gets_a_place_that_is_still_free_back() -> None:
    journey = Journey()
    link = await journey.begin()

    said_no = await journey.press(link, "no")
    said_yes = await journey.press(link, "yes")

    assert "I want to come after all" in said_no
    assert "You said yes. Thank you." in said_yes
    assert journey.stage.invited("ada").answer is Answer.ACCEPTED


async def test_who_said_no_by_mistake_is_not_promised_a_place_that_is_gone() -> None:
    journey = Journey()
    link = await journey.begin("ben")

    await journey.press(link, "no")
    said_yes = await journey.press(link, "yes")

    assert "You said yes. Thank you." not in said_yes
    assert "The place has gone to somebody else" in said_yes
    assert "We send you a message that says whether it is" not in said_yes
    assert journey.stage.invited("ada").answer is Answer.DECLINED


async def test_who_asked_in_vain_may_ask_again_and_hears_each_time() -> None:
    journey = Journey()
    link = await journey.begin("ben")
    for answer in ("no", "yes"):
        await journey.press(link, answer)
    heard = len(journey.stage.heard(InvitationDeclined))

    asked_again = await journey.press(link, "yes")

    assert "The place has gone to somebody else" in asked_again
    assert 'value="yes"' in asked_again
    assert (heard, len(journey.stage.heard(InvitationDeclined))) == (2, 3)


async def test_who_left_is_not_asked_again() -> None:
    journey = Journey()
    link = await journey.begin()

    async with journey.console.visited() as browser:
        await browser.post(f"{link}/leave")
    page = await journey.press(link, "yes")

    assert "You have left the collaborative" in page
    assert 'value="yes"' not in page
    assert journey.stage.invited("ada").answer is Answer.WITHDRAWN
