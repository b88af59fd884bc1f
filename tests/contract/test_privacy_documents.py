"""What the documents about people's data name is there, and what is there is named."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from deploy.accounts import PUBLISHERS, Secrets, broker_definitions, mongo_users
from deploy.rights import CHANGED, KEYRING, KEYS, ONLY_ADDED
from shared.holding import Holdings
from shared.pause import PAUSES
from shared.periods import ENGAGEMENT_DAYS, words_of
from tests.builders.sweeping import periods_of, usual_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RECORD, DPIA, HAZARDS, THREATS = (
    *("record-of-processing.md", "dpia.md"),
    *("hazard-log.md", "threat-model.md"),
)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
QUOTED = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
LISTENED = re.compile(
    r"(?:check_port_listener, |SMTP\('127\.0\.0\.1', |BOUNCE_PORT: |127\.0\.0\.1:)\"?(\d+)"
)
MOST_THAT_STAYS = 3
"""Of DCB0129's five; the next is accepted by nobody."""
MONGODB = "27017"
"""Where it listens; docker-compose.yml leaves it as it is."""
IN_ALL = "every service"
PERSONAL_DATA = "personal-data.md"
OF_SERVICE = re.compile(rf"({'|'.join(CHANGED)}) ((?:`\w+`(?:, | )?)+)")
NOT_YET = "## Not there yet"


def rows(document: str, columns: int) -> Iterator[list[str]]:
    """Yield the rows of a document's tables that have so many columns, without their heads."""
    for line in (DOCS / document).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == columns:
            yield cells


def collections() -> dict[str, set[str]]:
    """Return what each database holds."""
    own = {name: {*rows_, *ONLY_ADDED.get(name, ()), PAUSES} for name, rows_ in CHANGED.items()}
    return own | {KEYRING: {KEYS}}


def recorded() -> dict[str, list[str]]:
    """Return the collections of the record, by database, each as often as it stands there."""
    found: dict[str, list[str]] = {}
    for service, named, _, _, kept in rows(RECORD, 5):
        for name in QUOTED.findall(named):
            assert kept
            found.setdefault(service, []).append(name)
    return found


def awaited() -> set[str]:
    """Return the collections of which the record says that they are not there yet."""
    _, _, awaited_ = (DOCS / RECORD).read_text(encoding="utf-8").partition(NOT_YET)
    return set(QUOTED.findall(awaited_))


@pytest.mark.parametrize("database", [*CHANGED, KEYRING])
def test_every_collection_is_in_the_record_once_with_its_purpose_and_period(database: str) -> None:
    named = recorded()
    of_all = named[IN_ALL] if database != KEYRING else []

    there_are = collections()[database]
    assert sorted({*named[database], *of_all}) == sorted([*named[database], *of_all])
    assert there_are - {*named[database], *of_all} == set(), f"write it into docs/{RECORD}"
    assert {*named[database], *of_all} - there_are - awaited() == set()


@pytest.mark.parametrize("service", CHANGED)
def test_the_record_and_the_table_of_data_say_how_long_as_the_service_ends_it(
    service: str,
) -> None:
    words = words_of(periods_of(service), usual_settings(service))
    recorded_ = [
        (name, kept)
        for database, named, _, _, kept in rows(RECORD, 5)
        for name in QUOTED.findall(named)
        if database in {service, IN_ALL}
    ]
    tabled = [
        (name, kept)
        for where, _, kept, _ in rows(PERSONAL_DATA, 4)
        for database, named in OF_SERVICE.findall(where)
        for name in QUOTED.findall(named)
        if database == service and name in words
    ]

    assert {name for name, _ in recorded_} == words.keys()
    assert len(tabled) >= len(words) // 4
    assert [each for each in (*recorded_, *tabled) if words[each[0]] not in each[1]] == []


@pytest.mark.parametrize("service", CHANGED)
def test_what_is_held_on_people_is_in_the_table_of_data(service: str) -> None:
    held: Holdings = import_module(f"services.{service}.holdings").HOLDINGS
    named = {
        name
        for where, _, _, _ in rows(PERSONAL_DATA, 4)
        for database, names in OF_SERVICE.findall(where)
        for name in QUOTED.findall(names)
        if database == service
    }

    assert held.held.keys() - named == set()


@pytest.mark.parametrize("service", CHANGED)
def test_every_period_that_can_be_set_is_in_the_record_with_its_default(service: str) -> None:
    usual = usual_settings(service)
    fields = import_module(f"services.{service}.settings").Settings.model_fields
    set_ = {name for name in fields if name.startswith("kept_")}
    said = {
        name: default
        for settings, default, _ in rows(RECORD, 3)
        for name, default in zip(QUOTED.findall(settings), default.split(", "), strict=False)
    }

    for name in set_ - {ENGAGEMENT_DAYS}:
        alias = fields[name].validation_alias
        assert said[str(alias or f"{service}_{name}".upper())] == str(getattr(usual, name))
    assert said[f"WLC_{ENGAGEMENT_DAYS.upper()}"] == str(usual.kept_engagement_days)


@pytest.mark.parametrize("service", CHANGED)
def test_what_a_person_is_given_a_copy_of_is_theirs_in_the_record_too(service: str) -> None:
    given: Holdings = import_module(f"services.{service}.holdings").HOLDINGS
    theirs = {
        name
        for database, named, whose, _, _ in rows(RECORD, 5)
        for name in QUOTED.findall(named)
        if database == service and "participants" in whose
    }

    assert given.held
    assert given.held.keys() - theirs == set()


def test_every_account_exchange_queue_and_port_is_in_the_threat_model(tmp_path: Path) -> None:
    text = (DOCS / THREATS).read_text(encoding="utf-8")
    secrets = Secrets.kept_in(tmp_path / "secrets.json")
    broker = broker_definitions(secrets)
    accounts = {user["name"] for user in broker["users"]} | {
        user.name for user in mongo_users(secrets)
    }
    names = {
        *map(called, accounts),
        *(exchange["name"] for exchange in broker["exchanges"]),
        *(called(queue["name"]) for queue in broker["queues"]),
        *ports(),
    }

    assert names - set(QUOTED.findall(text)) == set()


def called(name: str) -> str:
    """Return a name as the threat model has it: services and publishers by what they are."""
    services, publishers = "|".join(CHANGED), "|".join(each.name for each in PUBLISHERS)
    name = re.sub(rf"(?<![\w.-])({services})(?![\w-])", "SERVICE", name)
    return re.sub(rf"(?<![\w-])({publishers})(?![\w-])", "PUBLISHER", name)


def ports() -> set[str]:
    """Return every port on which something listens in containers."""
    files = (ROOT / name for name in ("docker-compose.yml", "docker-compose.production.yml"))
    compose = "".join(file.read_text(encoding="utf-8") for file in files)
    published = re.findall(r":-(\d+)\}:(\d+)", compose)
    return {MONGODB, *(each for pair in published for each in pair), *LISTENED.findall(compose)}


@pytest.mark.parametrize("document", [DPIA, HAZARDS, THREATS, RECORD])
def test_every_test_and_page_that_a_document_names_is_there(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")

    missing = [
        f"{path}::{name}"
        for path, name in TEST.findall(text)
        if not (file := ROOT / "tests" / path).exists()
        or f"def {name}(" not in file.read_text(encoding="utf-8")
    ]
    dead = [target for target in LINK.findall(text) if not (DOCS / target).exists()]

    assert (missing, dead) == ([], [])


@pytest.mark.parametrize(
    ("document", "columns", "measures"), [(DPIA, 5, 3), (HAZARDS, 7, 5), (THREATS, 4, 3)]
)
def test_every_risk_has_a_measure_that_a_test_proves(
    document: str, columns: int, measures: int
) -> None:
    risks = [row for row in rows(document, columns) if row[0][-1].isdigit() or row[0][0].isdigit()]

    assert len(risks) >= 12
    assert [row[0] for row in risks if not TEST.search(row[measures])] == []


def test_the_risk_of_a_hazard_is_that_of_the_matrix_and_none_stays_that_nobody_accepts() -> None:
    by_likelihood = {row[0]: row[1:] for row in rows(HAZARDS, 6)}
    severities = by_likelihood["likelihood"]

    for number, *_, before, _, after in rows(HAZARDS, 7):
        if not re.fullmatch(r"H\d+", number):
            continue
        for said in (before, after):
            severity, likelihood, risk = re.split(", |: ", said)
            expected = by_likelihood[likelihood][severities.index(severity)]
            assert risk == expected, (number, said)
        assert int(after[-1]) <= MOST_THAT_STAYS


def test_what_goes_out_and_comes_in_is_looked_at_from_all_six_sides() -> None:
    letters = {letter for _, kind, _, _ in rows(THREATS, 4) for letter in kind.split(", ")}

    assert letters >= set("STRIDE")
