"""What a person says on two pages that they need, and takes back, comes to intake as they said."""

from datetime import timedelta
from uuid import UUID

from services.intake.handlers import build_handlers
from shared.contracts.base import Event
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantUpdated,
)
from shared.contracts.sessions import InvitationIssued, ReplyNeedsGiven
from shared.links import DETAILS_OPEN_FOR
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.intake import HUB, event, full_person, intake, send
from tests.fakes.intake import Intake

BSL = "204331000000107"
CARD = ContactCard(
    display_name="Amina Yusuf",
    address_as="Mrs Yusuf",
    contacts=(Contact(channel=Channel.EMAIL, value="amina@example.org", preferred=True),),
)
FORM = {
    "name": CARD.display_name,
    "address_as": CARD.address_as,
    "email": CARD.contacts[0].value,
    "channel": "email",
}


async def test_a_need_that_is_ticked_taken_back_and_ticked_again_is_known_to_all() -> None:
    door, console = intake(), ConsoleInMemory()
    joined = await send(door, event(full_person(needs=[])))
    who = UUID(str(joined.submission.aggregate_id))
    registered = next(each for each in door.store.events if each.subject == str(who))
    issued = an_event(InvitationIssued, data={"participant_id": who}, hub=HUB)
    contact = an_event(ParticipantContactChanged, data={"participant_id": who}, subject=str(who))
    await console.hear(registered, issued, contact)
    console.opener.cards[str(who)] = CARD
    needs = f"{console.link(issued.data.invitation_id)}/needs"
    details = f"/d/{console.links.details(who, console.clock.at + DETAILS_OPEN_FOR)}"

    async with console.visited() as browser:
        await browser.post(needs, data={"need": BSL})
        ticked = await passed_on(door, console, ReplyNeedsGiven)
        console.clock.pass_by(timedelta(minutes=1))
        await browser.post(details, data=FORM | {"shown_need": BSL})
        taken_back = await passed_on(door, console, ReplyDetailsGiven)
        console.clock.pass_by(timedelta(minutes=1))
        await browser.post(needs, data={"need": BSL})
        again = await passed_on(door, console, ReplyNeedsGiven)

    assert (ticked, taken_back, again) == ((BSL,), (), (BSL,))
    known = await console.stored.known.details.get(str(who))
    assert known is not None
    assert (known.needs, known.needs_dropped) == ((BSL,), ())


async def passed_on(door: Intake, console: ConsoleInMemory, kind: type[Event]) -> tuple[str, ...]:
    """Bring what the console said last to intake, and what intake tells of it to the console."""
    said = console.said(kind)[-1]
    if isinstance(said, ReplyDetailsGiven):
        sealed = await door.keys.seal(said.data.participant_id, CARD)
        said = said.model_copy(update={"data": said.data.model_copy(update={"sealed": sealed})})
    handlers = build_handlers(door.desk, door.publishers)
    await door.commits.commit(said.id, lambda: handlers._of_event[said.TYPE](said))
    told = [each for each in door.store.events if isinstance(each, ParticipantUpdated)][-1]
    await console.hear(told)
    return told.data.needs
