"""The generated documents say what the code says, and hang together."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import topology
from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ASYNCAPI = json.loads((DOCS / "asyncapi.json").read_text(encoding="utf-8"))
WRITTEN_FOR_OTHERS = (
    "events.md",
    "publishing.md",
    "glossary.md",
    "personal-data.md",
    "reliability.md",
)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
MADE = re.compile(r"\bmake ([a-z][a-z-]*)[ `\n]")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(target := node.get("$ref"), str):
            yield target
        for child in node.values():
            yield from references(child)
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def followed(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def test_no_document_has_drifted_from_the_code() -> None:
    command = [sys.executable, "docs/generate.py", "--check"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own script

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("file", ["asyncapi.json", "openapi/intake.json", "openapi/console.json"])
def test_every_reference_leads_somewhere(file: str) -> None:
    document = json.loads((DOCS / file).read_text(encoding="utf-8"))

    found = [followed(document, reference) for reference in references(document)]

    assert found
    assert all(found)


def test_every_type_has_a_message_in_the_asyncapi_document() -> None:
    types = {event.TYPE for event in ALL_EVENTS} | set(SUBMISSIONS)

    assert set(ASYNCAPI["components"]["messages"]) == types


def test_an_operation_only_carries_messages_of_its_channel() -> None:
    for operation in ASYNCAPI["operations"].values():
        channel = operation["channel"]["$ref"]

        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")


def test_every_service_queue_is_a_channel() -> None:
    addresses = {channel["address"] for channel in ASYNCAPI["channels"].values()}

    assert {topology.queue(service) for service in topology.ROUTES} <= addresses


@pytest.mark.parametrize("page", WRITTEN_FOR_OTHERS)
def test_no_link_of_a_page_is_broken(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")

    missing = [target for target in LINK.findall(text) if not (DOCS / target).exists()]

    assert missing == []


def test_every_test_that_the_page_of_faults_names_is_there() -> None:
    named = TEST.findall((DOCS / "reliability.md").read_text(encoding="utf-8"))

    missing = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (ROOT / "tests" / path).read_text(encoding="utf-8")
    ]

    assert named
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_no_link_of_the_front_pages_is_broken(page: str) -> None:
    root = DOCS.parent
    text = (root / page).read_text(encoding="utf-8")

    missing = [target for target in LINK.findall(text) if not (root / target).exists()]

    assert missing == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent.json", "No such file"),
        ("broken.json", "cannot be used: Expecting"),
        ("event.json", "Connect call failed"),
    ],
)
def test_example_of_a_publisher_says_in_a_sentence_what_stops_it(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "event.json").write_text('{"id": "e-1", "type": "wlc.x.v1"}')
    command = [sys.executable, str(DOCS / "examples" / "publish.py"), str(tmp_path / name)]
    environment = {"WLC_AMQP_URL": "amqp://nwl-trust:secret@127.0.0.1:9/app"}

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own script

    [sentence] = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert said in sentence


def test_example_of_a_publisher_imports_nothing_of_ours() -> None:
    tree = ast.parse((DOCS / "examples" / "publish.py").read_text(encoding="utf-8"))

    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }

    assert imported <= {*sys.stdlib_module_names, "aio_pika"}


def test_what_a_document_says_to_make_can_be_made() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    pages = [*ROOT.glob("*.md"), *DOCS.glob("*.md")]
    shown = re.compile(r"^ {4}.*|`[^`]*`", re.MULTILINE)

    named = {
        (page.name, target)
        for page in pages
        if page.name != "CHANGELOG.md"
        for code in shown.findall(page.read_text(encoding="utf-8"))
        for target in MADE.findall(f"{code}\n")
    }

    assert ("README.md", "demo") in named
    assert {target for _, target in named} <= targets
