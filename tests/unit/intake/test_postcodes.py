"""The real directory of postcodes, and the other reference data."""

from services.intake.clients.needs import known_needs
from services.intake.clients.postcodes import PostcodeDirectory, borough_names
from services.intake.domain.places import Spot
from shared.contact_details import compact


async def test_a_postcode_of_london_has_a_place_and_a_borough() -> None:
    found = await PostcodeDirectory().find("W127RZ")

    assert found
    assert found.borough == "Hammersmith and Fulham"
    assert found.easting
    assert found.northing
    assert (522_000 < found.easting < 525_000, 179_000 < found.northing < 182_000) == (True, True)


async def test_postcodes_of_every_length_are_found_and_others_not() -> None:
    places = PostcodeDirectory()

    found = [await places.find(key) for key in ("W1A1AA", "W13PF", "W104AA", "W999ZZ", "W1A1A")]

    assert [spot is not None for spot in found] == [True, True, True, False, False]


async def test_off_the_national_grid_there_is_no_place() -> None:
    belfast = await PostcodeDirectory().find("BT15GS")

    assert belfast == Spot("N09000003", None, None)


async def test_no_postcode_begins_with_this_letter() -> None:
    assert await PostcodeDirectory().find("Q11AA") is None


def test_a_postcode_is_written_in_many_ways() -> None:
    assert {compact(text) for text in ("w12 7rz", " W127RZ", "W1 27RZ")} == {"W127RZ"}
    assert {compact(text) for text in ("", "W12", "W12 7R", "W12 77Z", "É12 7RZ")} == {""}


def test_the_boroughs_of_london_are_known() -> None:
    assert len(borough_names()) == 33


def test_needs_are_communication_and_access_not_clinical() -> None:
    needs = known_needs()

    assert {"204331000000107", "1108191000000103", "796161000000101"} <= needs
    assert needs.isdisjoint({"231501003", "1325801000000106"})
