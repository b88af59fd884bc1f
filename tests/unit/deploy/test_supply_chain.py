"""What is installed is what the lock file names, by hash, and the bill of materials says so."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PACKAGES: list[dict[str, Any]] = LOCK["package"]
OWN = "wlc-gateway"
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
PINNED = ("deploy/uv-requirements.txt", "deploy/embedded/requirements-mongod.txt")


def files_of(package: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from package.get("wheels", ())
    if "sdist" in package:
        yield package["sdist"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_file_of_the_lock_has_its_hash_and_comes_from_the_index(
    package: dict[str, Any],
) -> None:
    if package["name"] == OWN:
        assert package["source"] == {"editable": "."}
        return

    files = list(files_of(package))

    assert files
    assert package["source"] == {"registry": "https://pypi.org/simple"}
    assert all(SHA256.fullmatch(file["hash"]) for file in files)


@pytest.mark.parametrize("file", PINNED)
def test_what_is_fetched_beside_the_lock_is_pinned_with_hashes(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")

    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert lines
    assert all(re.match(r"[a-z-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_the_images_install_by_hash_and_what_the_lock_names_alone() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line.startswith("RUN ")]

    by_pip = [line for line in commands if "pip install" in line]
    by_uv = [line for line in commands if "uv " in line and line not in by_pip]

    assert by_pip
    assert all("--require-hashes" in line for line in by_pip)
    assert by_uv
    assert all("uv sync --frozen --no-default-groups" in line for line in by_uv)


def test_the_bill_names_every_package_of_the_images_with_the_hashes_of_the_lock() -> None:
    bill = json.loads((ROOT / "deploy" / "sbom.cdx.json").read_text(encoding="utf-8"))
    locked = {(each["name"], each["version"]): each for each in PACKAGES}

    named = {(each["name"], each["version"]): each for each in bill["components"]}

    assert {name for name, _ in needed(OWN)} <= {name for name, _ in named}
    for key, component in named.items():
        hashes = {
            f"sha256:{each['content']}"
            for reference in component["externalReferences"]
            for each in reference["hashes"]
        }
        assert hashes <= {file["hash"] for file in files_of(locked[key])}
        assert hashes


def needed(name: str) -> set[tuple[str, str]]:
    """Return what a package needs, whatever the platform, by name and version."""
    by_name = {each["name"]: each for each in PACKAGES}
    found: set[tuple[str, str]] = set()
    waiting = [each["name"] for each in by_name[name]["dependencies"]]
    while waiting:
        package = by_name[waiting.pop()]
        key = (package["name"], package["version"])
        if key not in found:
            found.add(key)
            waiting += [each["name"] for each in package.get("dependencies", ())]
    return found
