"""A reference that says who a person is is refused, and how they agreed is kept in few words."""

import pytest

from services.intake.domain.people import Identity
from services.intake.domain.references import looks_like_a_person
from services.intake.domain.submissions import submission_id
from tests.builders.intake import event, intake, person, pointers, send

AMINA = Identity("Amina Quartermain", "Amina", (), None, None)


@pytest.mark.parametrize(
    "reference",
    [
        "amina@example.com",
        "07700 900123",
        "+447700900123",
        "9434765919",
        "943 476 5919",
        "Amina Quartermain",
        "quartermain-amina-2",
        "AMINA_QUARTERMAIN",
    ],
)
def test_what_says_who_a_person_is_looks_like_one(reference: str) -> None:
    assert looks_like_a_person(reference, AMINA)


@pytest.mark.parametrize(
    "reference", ["P-1", "NWL-00412", "9434765918", "2079460018", "amina-1", "a@b", "9434765919-7"]
)
def test_an_id_that_says_nothing_does_not(reference: str) -> None:
    assert not looks_like_a_person(reference, AMINA)


async def test_a_newcomer_under_such_a_reference_is_refused_and_nothing_is_told() -> None:
    desk = intake()

    received = await send(desk, event(person(reference="someone@example.com")))

    assert pointers(received) == {"/data/reference": "reference-looks-like-a-person"}
    assert [type(each).__name__ for each in desk.store.events] == ["SubmissionRejected"]


async def test_how_somebody_agreed_is_kept_in_a_word_and_never_as_it_was_written() -> None:
    desk = intake()
    given = {"version": "1", "given_at": "2026-10-01T09:00:00Z"}
    consents = {"involvement": {**given, "how": "Web"}, "monitoring": {**given, "how": "told Jo"}}

    await send(desk, event(person(consent=consents)))

    [stored] = desk.desk.participants.entities.values()  # type: ignore[attr-defined]
    assert {name: each.how for name, each in stored.profile.consents.items()} == {
        "involvement": "web",
        "monitoring": "other",
    }


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("sent", "told"),
    [(TRACE, TRACE), ("Amina Yusuf, 07700 900123", None), (f"{TRACE} Amina", None)],
)
@pytest.mark.parametrize("reference", ["P-1", "someone@example.com"])
async def test_what_is_no_traceparent_travels_no_further(
    sent: str, told: str | None, reference: str
) -> None:
    desk = intake()

    await send(desk, event(person(reference=reference), traceparent=sent))

    assert desk.store.events
    assert {each.traceparent for each in desk.store.events} == {told}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("case-2026/17", "case-2026/17"),
        ("Amina Yusuf", None),
        ("someone@example.com", None),
        ("07700900123", None),
        ("9434765919", None),
    ],
)
async def test_what_says_who_a_person_is_goes_on_under_no_correlation(
    sent: str, told: str | None
) -> None:
    desk = intake()
    said = event(person(), correlationid=sent)

    await send(desk, said)

    assert {each.correlationid for each in desk.store.events} == {told or said["id"]}


@pytest.mark.parametrize(
    "event_id", ["someone@example.com", "Amina Yusuf", "07700900123", "9434765919"]
)
async def test_an_event_id_that_says_who_a_person_is_goes_no_further(event_id: str) -> None:
    desk = intake()
    apart = submission_id("nwl-trust", event_id)

    await send(desk, {**event(person()), "id": event_id})

    assert {(each.correlationid, each.causationid) for each in desk.store.events} == {
        (apart, apart)
    }
