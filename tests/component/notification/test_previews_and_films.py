"""What staff see of a message beforehand, and films in sign language that go with it."""

from uuid import UUID, uuid4

import pytest

from services.notification.domain import Status
from shared.contracts.participants import Language
from shared.contracts.previews import (
    FilmState,
    FilmSupplied,
    Form,
    PreviewRendered,
    PreviewRequest,
    PreviewRequested,
)
from shared.contracts.sessions import InvitationIssued
from tests.builders.letters import text_of
from tests.builders.notification import TITLE, an_event, an_invitation_state, told
from tests.fakes.notification_service import NotificationOnFakes, invited

FILM = "https://films.example.org/bsl/ward"
BSL = "415803005"


def asked(invitation: UUID, *, hub: str = "west-london", **fields: object) -> PreviewRequested:
    preview = uuid4()
    wanted = PreviewRequest(
        preview_id=preview, kind="invitation", invitation_id=invitation, **fields
    )
    return an_event(PreviewRequested, wanted, preview, hub=hub)


def film(engagement: UUID, url: str | None, sequence: int) -> FilmSupplied:
    state = FilmState(engagement_id=engagement, url=url, by="staff")
    return an_event(FilmSupplied, state, engagement, sequence=sequence)


@pytest.mark.parametrize("form", list(Form))
async def test_staff_see_every_form_of_a_message_and_nobody_is_told(
    service: NotificationOnFakes, form: Form
) -> None:
    state = await invited(service)
    before = len(service.mails)

    await service.hear(asked(state.invitation_id, form=form))

    rendered = service.records.events[-1]
    assert isinstance(rendered, PreviewRendered)
    assert (rendered.data.fault, len(rendered.data.parts) > 0) == (None, True)
    assert len(service.mails) == before
    assert "Asha" not in rendered.model_dump_json()


async def test_staff_of_another_hub_see_nothing_of_an_invitation(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear(asked(state.invitation_id, hub="lambeth"))

    rendered = service.records.events[-1]
    assert rendered.data.fault
    assert TITLE not in rendered.model_dump_json()


async def test_who_signs_gets_the_film_that_staff_supplied_last(
    service: NotificationOnFakes,
) -> None:
    person = await service.know(needs=(BSL,), languages=(Language(code="en"),))
    state = an_invitation_state(person)
    await service.hear(
        film(state.engagement_id, FILM, 2), film(state.engagement_id, "https://old.example.org", 1)
    )

    await service.hear_and_send(told(InvitationIssued, state, 1))

    assert service.kinds(Status.SENT)
    assert FILM in text_of(service.mails[-1])


async def test_a_film_that_was_taken_back_is_not_shown(service: NotificationOnFakes) -> None:
    person = await service.know(needs=(BSL,))
    state = an_invitation_state(person)
    await service.hear(film(state.engagement_id, FILM, 1), film(state.engagement_id, None, 2))

    await service.hear_and_send(told(InvitationIssued, state, 1))

    assert "films.example.org" not in text_of(service.mails[-1])
