"""The broker's exchanges, queues and bindings: finding what is wrong, and putting it right."""

from collections.abc import Mapping, Sequence

import httpx
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed
from prometheus_client.parser import text_string_to_metric_families

from cli.broker import CONNECT_SECONDS
from cli.doctoring.checks import Check
from cli.doctoring.faults import (
    MISSING,
    Declared,
    declare_exchange,
    fault_of_exchange,
    fault_of_queue,
    is_there,
)
from cli.doctoring.replacement import InHand, Replacement, StillReadError, Tell
from cli.errors import REFUSED
from cli.trust import trusted
from deploy.accounts import PUBLISHERS, SERVICES
from shared.topology import Structure, dead_letter_queue, holding_queue, queue, structure

IN_HAND = "wlc_messages_in_hand"
READERS = {queue(service): service for service in SERVICES}


def wanted() -> Structure:
    """Return what this version needs."""
    return structure({publisher.name: publisher.hubs for publisher in PUBLISHERS})


async def find_faults(channel: AbstractChannel, needed: Structure) -> list[Check]:
    """Name every exchange and queue that is missing, differs or is half replaced."""
    faults = {each["name"]: await fault_of_exchange(channel, each) for each in needed.exchanges}
    for each in needed.queues:
        name = each["name"]
        faults[name] = await fault_of_queue(channel, each)
        if await is_there(channel, holding_queue(name)):
            faults[name] = "its replacement was broken off"
    return [
        Check(name, f"{fault}; {_remedy(name, fault)}", REFUSED)
        for name, fault in faults.items()
        if fault
    ]


def _remedy(name: str, fault: str) -> str:
    if fault == MISSING and name in READERS:
        return (
            "`wlc doctor --fix` makes it. What lay in it, and what is said to its service until "
            "then, does not reach it: the runbook says how to send it again."
        )
    return "`wlc doctor --fix` puts it right without loss."


async def mend(
    channel: AbstractChannel, needed: Structure, urls: dict[str, str], tell: Tell
) -> list[Check]:
    """Make what is missing, replace what differs, bind all anew; say what was done.

    `urls` are the services' addresses: each is asked what it has in hand of its queue.
    """
    done = await _mend_exchanges(channel, needed.exchanges)
    dead_letters = {dead_letter_queue(service) for service in SERVICES}
    for each in sorted(needed.queues, key=lambda one: one["name"] not in dead_letters):
        name = each["name"]
        bindings = [one for one in needed.bindings if one["destination"] == name]
        in_hand = in_hand_of(urls, name)
        replacement = Replacement(channel, each, bindings, in_hand=in_hand, tell=tell)
        try:
            did = await replacement.run()
        except StillReadError as error:
            done.append(Check(name, error.sentence, error.exit_code))
        else:
            done += [Check(name, f"{did}.")] if did else []
    for each in needed.withdrawn:
        hearer = await channel.get_queue(each["destination"], ensure=False)
        await hearer.unbind(each["source"], each["routing_key"])
    return [*done, Check("bindings", f"all {len(needed.bindings)} are made anew.")]


async def _mend_exchanges(channel: AbstractChannel, needed: Sequence[Declared]) -> list[Check]:
    done = []
    for each in needed:
        fault = await fault_of_exchange(channel, each)
        if not fault:
            continue
        try:
            await declare_exchange(channel, each)
        except ChannelPreconditionFailed:
            await channel.reopen()
            sentence = f"{fault}; stop all, delete it and run `wlc doctor --fix` again."
            done.append(Check(each["name"], sentence, REFUSED))
        else:
            done.append(Check(each["name"], "it was missing and is made."))
    return done


def in_hand_of(urls: Mapping[str, str], name: str) -> InHand:
    """Return how its service is asked what it has in hand of a queue."""
    return _in_hand(urls.get(READERS.get(name, "")))


def _in_hand(url: str | None) -> InHand:
    async def asked() -> int | None:
        if url is None:
            return None
        try:
            async with httpx.AsyncClient(
                timeout=CONNECT_SECONDS, trust_env=False, verify=trusted()
            ) as client:
                return _figure((await client.get(f"{url}/metrics")).text)
        except (httpx.HTTPError, ValueError):
            return None

    return asked


def _figure(metrics: str) -> int | None:
    found = [
        sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == IN_HAND
    ]
    return int(found[0]) if found else None
