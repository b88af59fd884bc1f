"""Each type of event has one handler."""

import pytest

from shared.changes import NOTHING, Changes
from shared.contracts.base import Event
from shared.contracts.participants import ParticipantLeft, ParticipantRegistered
from shared.handlers import Handlers


async def handle(_event: Event) -> Changes:
    return NOTHING


def test_a_second_handler_of_a_type_is_refused() -> None:
    handlers = Handlers()
    handlers.on(ParticipantRegistered)(handle)

    with pytest.raises(ValueError, match="has a handler already"):
        handlers.on(ParticipantLeft, ParticipantRegistered)(handle)


def test_what_has_no_handler_can_be_given_one_together() -> None:
    handlers = Handlers()
    handlers.on(ParticipantRegistered)(handle)

    handlers.on_others(ParticipantLeft, ParticipantRegistered)(handle)

    assert handlers.events == {ParticipantLeft.TYPE, ParticipantRegistered.TYPE}
