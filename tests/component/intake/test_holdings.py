"""What intake opens for a copy of what is held on a person."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.intake.domain.people import Participant
from services.intake.domain.submissions import Quarantined
from services.intake.holdings import Opener, linked_by_handles
from tests.builders.intake import event, intake, person, send, without


def stored(kind: type, entity: Any) -> dict[str, Any]:
    row = TypeAdapter(kind).dump_python(entity, mode="json")
    return {**row, "_id": row["id"]}


async def test_the_card_is_shown_in_clear() -> None:
    service = intake()
    data = person()
    await send(service, event(data))
    [known] = service.people

    row = await Opener(service.desk)("participants", stored(Participant, known), UUID(known.id))

    assert row["sealed"]["display_name"] == data["name"]["display"]
    assert row["sealed"]["contacts"][0]["value"] == data["contacts"][0]["value"]


async def test_a_card_whose_key_is_forgotten_is_shown_as_nothing() -> None:
    service = intake()
    await send(service, event(person()))
    [known] = service.people
    await service.desk.keys.forget(UUID(known.id))

    row = await Opener(service.desk)("participants", stored(Participant, known), UUID(known.id))

    assert row["sealed"] is None


async def test_what_could_not_be_taken_is_found_by_handle_and_shown_as_it_was_sent() -> None:
    service = intake()
    data = person()
    await send(service, event(data))
    await send(service, event(without(data, "postcode")))
    [known] = service.people

    handles = linked_by_handles(stored(Participant, known))["quarantine"]["about"]["$in"]
    [rejected] = await service.desk.quarantine.about(handles)
    row = await Opener(service.desk)("quarantine", stored(Quarantined, rejected), UUID(known.id))

    assert data["name"]["display"] in row["body"]


async def test_a_consent_taken_back_that_could_not_be_taken_is_shown_as_it_was_sent() -> None:
    service = intake()
    data = person()
    await send(service, event(data))
    said = {"reference": data["reference"], "purpose": "", "why": "as she said"}
    await send(service, event(said, type="consent.withdrawn"))
    [known] = service.people

    handles = linked_by_handles(stored(Participant, known))["quarantine"]["about"]["$in"]
    [rejected] = await service.desk.quarantine.about(handles)
    row = await Opener(service.desk)("quarantine", stored(Quarantined, rejected), UUID(known.id))

    assert "as she said" in row["body"]
