"""Where somebody stays away from comes, through intake, to those who choose and place people."""

import json
from typing import Any

import pytest

from services.scheduling.domain.people.crowd import goes_to
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.participants import ParticipantRegistered
from shared.outbox import envelope
from tests.builders.events import an_event
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.intake import HUB, event, full_person, intake, send
from tests.builders.scheduling import NOW, a_venue, rules
from tests.fakes.matching_service import Matching
from tests.fakes.scheduling import Stage

SPELT = ["Maple Ward", " MAPLE  ward", "maple\u00a0Ward"]
PARTNER = ["Crisis Line", "crisis  line", "CRISISLINE"]


async def registered(**exclusions: list[str]) -> ParticipantRegistered:
    """Register somebody, and hear of it as it comes by the broker."""
    door = intake()
    await send(door, event(full_person(exclusions=exclusions)))
    [told] = [each for each in door.store.events if isinstance(each, ParticipantRegistered)]
    return over_the_wire(told)


def over_the_wire(told: Event) -> Any:
    body = envelope(told).body
    assert not any(word in body.decode().lower() for word in ("maple", "crisis", "ha9 0fj"))
    return type(told).model_validate_json(body)


def of_before(told: ParticipantRegistered, **words: list[str]) -> ParticipantRegistered:
    """What a version before would have said of the same person."""
    said = json.loads(envelope(told).body)
    said["data"]["exclusions"] = {"partners": [], "sites": [], **words}
    return ParticipantRegistered.model_validate_json(json.dumps(said))


async def eligible(told: ParticipantRegistered, **asked: Any) -> int:
    """How many of this one person may be drawn."""
    matching = Matching()
    everybody = {"lived_experience": {}, "eligibility": {}, "quotas": {"age_band": {}}}
    published = an_event(EngagementPublished, hub=HUB, data=everybody | asked)
    await matching.hears(told, published)
    await matching.draws()
    return matching.match_of(published).eligible


@pytest.mark.parametrize("spelt", PARTNER)
async def test_nobody_is_drawn_for_a_partner_they_stay_away_from(spelt: str) -> None:
    told = await registered(partners=[spelt])

    assert await eligible(told, partner="Crisis line") == 0
    assert await eligible(of_before(told, partners=[spelt]), partner="Crisis line") == 0
    assert await eligible(told, partner="Another one") == 1


@pytest.mark.parametrize("spelt", ["HA9 0FJ", "ha90fj", "brent"])
async def test_nobody_is_drawn_for_a_place_they_stay_away_from(spelt: str) -> None:
    place = {"postcode": "HA9 0FJ", "borough": "Brent", "online": True, "in_person": True}
    told = await registered(sites=[spelt])

    assert await eligible(told, place=place) == 0
    assert await eligible(of_before(told, sites=[spelt]), place=place) == 0
    assert await eligible(await registered(), place=place) == 1


@pytest.mark.parametrize("spelt", SPELT)
async def test_nobody_is_sent_to_a_venue_they_stay_away_from(spelt: str) -> None:
    told = await registered(sites=[spelt])
    ward = a_venue("Maple Ward", easting=523_000, northing=180_500)
    hall = a_venue("Hall", easting=523_000, northing=180_500)

    for heard in (told, of_before(told, sites=[spelt])):
        stage = Stage(rules(ward, hall), NOW)
        await stage.hear(heard)
        person = await stage.diary.attendants.get(told.subject)
        assert person is not None
        assert not goes_to(person, ward, EXCLUSIONS)
        assert goes_to(person, hall, EXCLUSIONS)
        assert "maple" not in repr(person).lower()
