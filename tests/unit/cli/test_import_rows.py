"""How a row becomes a submission, and how its faults are told."""

from datetime import date
from typing import Any

import pytest

from cli.importing.faults import by_column, shape_findings
from cli.importing.mapping import Dates, Mapping
from cli.importing.submissions import Submitted, submitted
from cli.importing.tables import Cell, Row
from cli.outcomes import Finding

MAPPING = Mapping(
    columns={
        "Ref": "reference",
        "Name": "name.display",
        "Called": "name.address_as",
        "Mail": "contacts.email",
        "Mobile": "contacts.sms",
        "Prefers": "contacts.preferred",
        "Postcode": "postcode",
        "Born": "date_of_birth",
        "Speaks": "languages",
        "Interpreter": "languages.interpreter",
        "Free": "availability.weekly",
        "Away": "availability.except",
        "Hard": "availability.hard",
        "Term": "availability.term_time_only",
        "Remind": "reminders",
        "Tell me": "contact_preference.times",
        "Zone": "contact_preference.time_zone",
        "News": "contact_preference.news",
        "Discreet": "contact_preference.discreet",
        "Km": "travel_km",
        "Online": "online",
        "Consent": "consent.involvement.given_at",
        "Form": "consent.involvement.version",
        "How": "consent.involvement.how",
    },
    dates=Dates(format="%d/%m/%Y"),
    values={"Prefers": {"E-mail": "email", "Text": "sms"}, "Speaks": {"Farsi": "fa"}},
)
GOOD: dict[str, Cell] = {
    "Ref": "R1",
    "Name": "Ann Lee",
    "Called": "Ann",
    "Mail": "ann@example.org",
    "Postcode": "W12 7RZ",
    "Consent": "01/07/2026",
    "Form": "2",
    "How": "web",
}


def a_row(**cells: Cell) -> Submitted:
    return submitted(Row(2, {**GOOD, **cells}), MAPPING)


def data_of(**cells: Cell) -> dict[str, Any]:
    return a_row(**cells).data


def test_a_plain_row_has_the_shape_that_intake_asks_for() -> None:
    row = a_row()

    assert shape_findings(row) == []
    assert row.findings == []
    assert row.data["name"] == {"display": "Ann Lee", "address_as": "Ann"}


def test_empty_cells_say_nothing() -> None:
    data = data_of(Mobile="", Born="", Speaks="")

    assert {"date_of_birth", "languages"} & data.keys() == set()
    assert [contact["channel"] for contact in data["contacts"]] == ["email"]


def test_the_preferred_contact_is_marked() -> None:
    data = data_of(Mobile="07700 900001", Prefers="text")

    assert [(c["channel"], c["preferred"]) for c in data["contacts"]] == [
        ("email", False),
        ("sms", True),
    ]


def test_an_interpreter_is_noted_with_the_language() -> None:
    data = data_of(Speaks="en, Farsi", Interpreter="fa; ur")

    assert data["languages"] == [
        {"code": "en", "interpreter": False},
        {"code": "fa", "interpreter": True},
        {"code": "ur", "interpreter": True},
    ]


@pytest.mark.parametrize(
    ("written", "said", "start", "end"),
    [
        ("mon morning", "mon", "09:00", "12:00"),
        ("Tuesday Afternoons", "tue", "12:00", "17:00"),
        ("sun. evening", "sun", "17:00", "21:00"),
        ("weekday mornings", "mon tue wed thu fri", "09:00", "12:00"),
        ("weekend evenings", "sat sun", "17:00", "21:00"),
        ("every day morning", "mon tue wed thu fri sat sun", "09:00", "12:00"),
        ("mornings", "mon tue wed thu fri sat sun", "09:00", "12:00"),
    ],
)
def test_a_part_of_a_day_in_words_becomes_its_hours(
    written: str, said: str, start: str, end: str
) -> None:
    row = a_row(Hard=written)

    assert row.findings == []
    assert row.data["availability"]["hard"] == [
        {"day": day, "from": start, "to": end} for day in said.split()
    ]


@pytest.mark.parametrize(
    ("written", "reminders"),
    [
        ("2 days 18:00", [(2, "18:00")]),
        ("7 days before at 9.30; same day 08:30", [(7, "09:30"), (0, "08:30")]),
        ("None", []),
    ],
)
def test_reminders_are_read_in_words(written: str, reminders: list[tuple[int, str]]) -> None:
    row = a_row(Remind=written)

    assert row.findings == []
    assert shape_findings(row) == []
    assert row.data["reminders"] == [{"days_before": n, "at": at} for n, at in reminders]


def test_a_reminder_in_other_words_is_a_finding_at_its_column() -> None:
    row = a_row(Remind="2 days 18:00, now and then")

    assert [(each.pointer, each.code) for each in row.findings] == [
        ("/data/reminders/1", "not-understood")
    ]


def test_how_a_person_wants_to_hear_is_read_in_words() -> None:
    row = a_row(**{"Tell me": "mon morning, tue 17:00-19:30", "News": "No", "Discreet": "yes"})

    assert (row.findings, shape_findings(row)) == ([], [])
    assert row.data["contact_preference"] == {
        "times": [
            {"day": "mon", "from": "09:00", "to": "12:00"},
            {"day": "tue", "from": "17:00", "to": "19:30"},
        ],
        "news": False,
        "discreet": True,
    }


def test_any_time_takes_contact_times_back_and_an_empty_cell_says_nothing() -> None:
    row, silent = a_row(**{"Tell me": "Any time", "Zone": "Asia/Karachi"}), a_row(Discreet="")

    assert (row.findings, shape_findings(row)) == ([], [])
    assert row.data["contact_preference"] == {"times": [], "time_zone": "Asia/Karachi"}
    assert "contact_preference" not in silent.data


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("Tell me", "mon morning; not on Fridays", "not-understood"),
        ("Discreet", "perhaps", "bool_parsing"),
        ("News", "perhaps", "bool_parsing"),
    ],
)
def test_a_contact_preference_in_other_words_is_a_finding_at_its_column(
    heading: str, cell: str, code: str
) -> None:
    row = a_row(**{heading: cell})

    [finding] = by_column(row, MAPPING, shape_findings(row))

    assert (finding.heading, finding.code, row.blocked) == (heading, code, False)


def test_what_is_hard_is_no_time_that_suits_and_term_time_is_yes_or_no() -> None:
    row = a_row(Free="tue 10:00-16:00; wed morning", Hard="wed morning", Term="yes")

    wed = {"day": "wed", "from": "09:00", "to": "12:00"}
    assert shape_findings(row) == []
    assert row.data["availability"] == {
        "weekly": [{"day": "tue", "from": "10:00", "to": "16:00"}, wed],
        "hard": [wed],
        "term_time_only": True,
    }


@pytest.mark.parametrize(
    "written", ["mon 9:00-12:30", "Monday 09.00 to 12:30", "MON 09:00 \u2013 12.30"]
)
def test_weekly_times_are_read_as_people_write_them(written: str) -> None:
    data = data_of(Free=written)

    assert data["availability"]["weekly"] == [{"day": "mon", "from": "09:00", "to": "12:30"}]


def test_days_away_are_one_day_or_several() -> None:
    data = data_of(Away="24/12/2026; 01/02/2027 to 07/02/2027")

    assert data["availability"]["except"] == [
        {"from": "2026-12-24", "to": "2026-12-24"},
        {"from": "2027-02-01", "to": "2027-02-07"},
    ]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("01/07/2026", "2026-07-01T00:00:00+01:00"),
        (date(2026, 1, 2), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_consent_is_given_when_the_day_begins_in_london(cell: Cell, moment: str) -> None:
    data = data_of(Consent=cell)

    assert data["consent"]["involvement"]["given_at"] == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-05-27T13:50:00Z", "2026-05-27T13:50:00+00:00"),
        ("2026-05-27 14:50+01:00", "2026-05-27T14:50:00+01:00"),
    ],
)
def test_a_moment_with_its_zone_is_taken_as_it_is(written: str, moment: str) -> None:
    row = a_row(Consent=written)

    assert row.data["consent"]["involvement"]["given_at"] == moment
    assert by_column(row, MAPPING, shape_findings(row)) == ()


def test_a_moment_without_its_zone_is_a_fault() -> None:
    row = a_row(Consent="2026-05-27T13:50:00")

    [finding] = by_column(row, MAPPING, shape_findings(row))

    assert (finding.heading, finding.code) == ("Consent", "not-a-date")


def test_numbers_may_have_a_comma_and_words_may_be_yes_and_no() -> None:
    data = data_of(Km="2,5", Online="No")

    assert (data["travel_km"], data["online"]) == (2.5, False)


@pytest.mark.parametrize(
    ("cells", "heading", "code"),
    [
        ({"Born": "12/03/61"}, "Born", "not-a-date"),
        ({"Free": "someday mornings"}, "Free", "not-understood"),
        ({"Free": "mon 25:00-26:00"}, "Free", "not-understood"),
        ({"Away": "soon"}, "Away", "not-understood"),
        ({"Km": "far"}, "Km", "not-a-number"),
    ],
)
def test_what_is_not_understood_is_sent_as_it_stands_and_named_by_its_column(
    cells: dict[str, Cell], heading: str, code: str
) -> None:
    row = a_row(**cells)

    [finding] = by_column(row, MAPPING, shape_findings(row))

    assert (finding.heading, finding.code, row.blocked) == (heading, code, False)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Prefers": "pigeon"}, "unknown-channel"),
        ({"Prefers": "Text"}, "no-such-contact"),
        ({"Ref": 1.234567890123456e17}, "rounded"),
    ],
)
def test_a_row_that_would_change_its_sense_is_not_sent(cells: dict[str, Cell], code: str) -> None:
    row = a_row(**cells)

    assert row.blocked
    assert [finding.code for finding in row.findings] == [code]


def test_intakes_faults_are_told_by_column() -> None:
    row = a_row(Mobile="07700 900001")
    faults = [
        Finding("/data/contacts/1/value", "phone", "No such number."),
        Finding("/data/name", "name", "No name."),
        Finding("/data/age_band", "missing", "Give one."),
    ]

    told = by_column(row, MAPPING, faults)

    assert [finding.place for finding in told] == ["Mobile", "Name", "age_band"]


def test_what_has_no_column_at_all_is_told_by_its_fields_name() -> None:
    mapping = Mapping(columns={"Ref": "reference", "Name": "name.display", "Code": "postcode"})
    row = submitted(Row(2, {"Ref": "R1", "Name": "Ann Lee", "Code": "W12 7RZ"}), mapping)

    told = by_column(row, mapping, shape_findings(row))

    assert "name.address_as" in {finding.place for finding in told}
    assert not any("/" in finding.place for finding in told)


@pytest.mark.parametrize(("spill", "said"), [(1, "has 1 cell beyond"), (2, "has 2 cells beyond")])
def test_cells_beyond_the_last_heading_are_counted_in_plain_words(spill: int, said: str) -> None:
    [finding] = submitted(Row(2, GOOD, spill), MAPPING).findings

    assert said in finding.sentence


def test_a_missing_field_is_told_by_the_column_it_would_stand_in() -> None:
    row = a_row(Consent="", Form="", How="")

    [finding] = by_column(row, MAPPING, shape_findings(row))

    assert finding.place == "Consent"


def test_the_same_words_make_the_same_event_and_others_another_one() -> None:
    row, again, other = a_row(), a_row(), a_row(Postcode="W3 7AB")

    ids = [one.event("staff-import", "west-london")["id"] for one in (row, again, other)]

    assert ids[0] == ids[1] != ids[2]
    assert row.event("staff-import", "lambeth")["id"] != ids[0]
