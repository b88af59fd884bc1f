"""What was refused is listed, corrected and sent again over HTTP, by its publisher alone."""

from tests.builders.intake import OTHER_KEY, event, person
from tests.builders.intake_door import Sender, faults


async def test_nobody_sees_what_another_publisher_sent(sender: Sender) -> None:
    refused = await sender.post(event(person(postcode="x")))
    found = refused.json()["submission_id"]

    paths = (f"/v1/submissions/{found}", f"/v1/quarantine/{found}")
    theirs = [await sender.get(path, key=OTHER_KEY) for path in paths]
    again = await sender.post(b"", key=OTHER_KEY, to=f"/v1/quarantine/{found}/resubmit")
    listed = await sender.get("/v1/quarantine", key=OTHER_KEY)

    assert [answer.status_code for answer in (*theirs, again)] == [404, 404, 404]
    assert listed.json()["items"] == []


async def test_the_quarantine_is_listed_by_pages(sender: Sender) -> None:
    for _ in range(3):
        await sender.post(event(person(postcode="x")))

    first = (await sender.get("/v1/quarantine?limit=2")).json()
    second = (await sender.get(f"/v1/quarantine?limit=2&skip={first['next']}")).json()

    found = [item["submission_id"] for item in first["items"] + second["items"]]
    assert len(set(found)) == 3
    assert second["next"] is None


async def test_a_parameter_out_of_range_is_named(sender: Sender) -> None:
    answer = await sender.get("/v1/quarantine?limit=0")

    assert answer.status_code == 400
    assert faults(answer) == {"/query/limit": "parameter"}


async def test_a_quarantined_event_is_corrected_and_gone(sender: Sender) -> None:
    sent = event(person(postcode="x"))
    refused = await sender.post(sent)
    place = f"/v1/quarantine/{refused.json()['submission_id']}"

    still_wrong = await sender.post(sent | {"data": person(needs=["1"])}, to=f"{place}/resubmit")
    shown = await sender.get(place)
    corrected = await sender.post(sent | {"data": person()}, to=f"{place}/resubmit")

    assert faults(still_wrong) == {"/data/needs/0": "unknown-need"}
    assert shown.json()["faults"][0]["pointer"] == "/data/needs/0"
    assert corrected.status_code == 202
    assert corrected.json()["status"] == "accepted"
    assert (await sender.get(place)).status_code == 404
