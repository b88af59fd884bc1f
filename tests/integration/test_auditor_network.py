"""The auditor's cuts cut, and only in a network of their own."""

import json
import subprocess
import sys

import pytest

from tests.soak.network import ENDS, Entry, Network, network, network_here

SECONDS = 120


async def test_the_network_of_the_machine_is_never_cut() -> None:
    here = Network(outside=network_here())

    assert not here.is_own
    assert not await here.can_delay()
    with pytest.raises(AssertionError, match="no rule is put into"):
        async with here.cut("black hole", 1, ENDS):
            pass


def try_cuts(entry: Entry) -> "subprocess.CompletedProcess[str]":
    program = (sys.executable, "-m", "tests.integration.soak_cuts", network_here())
    return subprocess.run(  # noqa: S603 - our own command
        ["/usr/bin/env", *entry.words, *program],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_each_cut_is_felt_while_it_lasts_and_no_longer() -> None:
    with network(None) as entry:
        ended = try_cuts(entry)

    if not entry.is_new:
        assert "no rule is put into the network of the machine" in ended.stderr
        return
    felt = json.loads(ended.stdout)
    assert felt.pop("uncut") == felt.pop("after black hole") == felt.pop("after reset") == ["hello"]
    assert felt.pop("after lost packets") == ["hello"]
    assert felt["aborts"] == ["True"]
    assert felt["black hole"] == ["silence"]
    assert felt["reset"] == ["refused"]
    assert set(felt["lost packets"]) == {"hello", "silence"}
