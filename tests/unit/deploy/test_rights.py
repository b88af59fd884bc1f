"""Nobody is given what was not decided, and nothing is left undecided."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from deploy import rights
from deploy.accounts import SERVICES, Secrets, broker_definitions, mongo_users
from deploy.compose.installation import Installation, Outside
from deploy.compose.setup import set_up
from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS
from tests.builders import decided

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r'database(?:, |\[)"(\w+)"')


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    for name in ("accounts", "operator", "rabbitmq", "mongo", *SERVICES):
        (folder / name).mkdir()
    made = Installation(folder, Outside())
    set_up(made)
    return made


def collections_of(service: str, installation: Installation) -> set[str]:
    """Return what the service makes when it starts, with nothing but the files handed to it."""
    folder = installation.folder / service
    files = {"console": "staff", "intake": "publishers"}
    own = {f"{files[service]}_file": folder / f"{files[service]}.json"} if service in files else {}
    settings: ModuleType = importlib.import_module(f"services.{service}.settings")
    main: ModuleType = importlib.import_module(f"services.{service}.main")
    app = main.build_app(settings.Settings(_secrets_dir=folder, **own))
    return set(app.state.collections)


@pytest.mark.parametrize("service", SERVICES)
def test_of_every_collection_it_is_decided_whether_its_rows_may_change(
    installation: Installation, service: str
) -> None:
    there_are = collections_of(service, installation)

    changed, added = decided.CHANGED[service], decided.ADDED.get(service, set())
    assert changed | added == there_are
    assert not changed & added
    assert changed == set(rights.CHANGED[service])
    assert added == set(rights.ONLY_ADDED.get(service, ()))


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_code_of_a_service_opens_is_made_when_it_starts(service: str) -> None:
    files = (ROOT / "services" / service).rglob("*.py")

    opened = {name for file in files for name in NAMED.findall(file.read_text())}

    assert opened
    assert opened <= decided.CHANGED[service] | decided.ADDED.get(service, set())


def test_of_every_account_it_is_decided_what_it_may_do(installation: Installation) -> None:
    secrets: Secrets = installation.secrets

    assert {user.name for user in mongo_users(secrets)} == set(decided.MONGO_ACCOUNTS)
    on_the_broker = {user["name"] for user in broker_definitions(secrets)["users"]}
    assert on_the_broker == set(decided.BROKER_ACCOUNTS)


@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: event.TYPE)
def test_of_every_event_it_is_decided_who_may_say_it(event: type) -> None:
    said_by = [name for name in SERVICES if decided.may_say(name, "events", event.TYPE)]

    assert said_by


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_of_every_submission_it_is_decided_who_may_send_it(name: str) -> None:
    assert [who for who in decided.SUBMITS if decided.may_say(who, "inbound", name)]
