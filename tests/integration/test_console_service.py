"""The console on real servers: from an event on the broker to the page, and from a click back."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aio_pika
import httpx
import pytest

from services.console.main import build_app
from services.console.settings import Settings
from services.console.use_cases.match_people import pair_id
from services.console.use_cases.sign_in import digest
from shared.contracts.draws import (
    MatchChancesRemembered,
    MatchWhatIfAnswered,
    MatchWhatIfAsked,
)
from shared.contracts.matches import MatchApproved, MatchProposed
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database
from tests.builders.console import PASSWORD_HASH, PERMIT_KEY, TOKEN
from tests.builders.events import an_event
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

MASTER = b"m" * 32


@dataclass(frozen=True)
class Running:
    """The service, who speaks to it, and a script with a staff token."""

    intake: Broker
    matching: Broker
    script: httpx.AsyncClient
    database: Database
    staff_file: Path

    async def traced(self, correlation_id: str, count: int) -> list[str]:
        """Wait for so many events of one correlation id; return their types."""
        async with asyncio.timeout(60):
            while True:
                answer = await self.script.get(f"/v1/trace/{correlation_id}")
                if answer.status_code == 200 and len(answer.json()) >= count:
                    return [event["type"] for event in answer.json()]
                await asyncio.sleep(0.05)


def accounts(*hubs: str) -> str:
    row = {"username": "amina", "password_hash": PASSWORD_HASH, "hubs": hubs}
    return json.dumps({"staff": [{**row, "token_sha256": digest(TOKEN)}]})


@pytest.fixture
async def running(
    servers: TestServers, database: Database, tmp_path: Path
) -> AsyncIterator[Running]:
    staff_file = tmp_path / "staff.json"
    staff_file.write_text(accounts("west-london"))
    settings = Settings(
        rabbit_url=servers.rabbit["console"],
        mongo_url=servers.mongo_url,
        database=database.name,
        port=1,
        public_url="http://localhost:8080",
        keyring_database=database.name,
        keyring_key=base64.b64encode(MASTER).decode(),
        link_key="a key that only this test knows",
        permit_key=PERMIT_KEY,
        staff_file=staff_file,
    )
    matching = await aio_pika.connect(servers.rabbit["matching"])
    operator = await aio_pika.connect(servers.rabbit["operator"])
    async with matching, operator, Broker.of(servers) as intake:
        speaks = Broker(await matching.channel(on_return_raises=True), await operator.channel())
        app = build_app(settings)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as script,
        ):
            script.headers["authorization"] = f"Bearer {TOKEN}"
            yield Running(intake, speaks, script, database, staff_file)


async def test_a_match_that_staff_approve_comes_back_as_an_event(running: Running) -> None:
    proposed = an_event(MatchProposed)
    await running.matching.say(proposed)
    await running.traced(proposed.correlationid, 1)

    path = f"/v1/matches/{proposed.data.match_id}/approve"
    approved = await running.script.post(path, json={"sequence": proposed.sequence})

    types = await running.traced(proposed.correlationid, 2)
    [match] = (await running.script.get("/v1/matches")).json()
    assert approved.status_code == 200
    assert types == [MatchProposed.TYPE, MatchApproved.TYPE]
    assert (match["status"], match["decided_by"]) == ("approved", "amina")
    assert await running.database["outbox"].count_documents({}) == 0


async def test_what_staff_ask_of_matching_is_answered_over_the_broker(running: Running) -> None:
    proposed, remembered = an_event(MatchProposed), an_event(MatchChancesRemembered)
    await running.matching.say(proposed)
    await running.traced(proposed.correlationid, 1)
    match, out = proposed.data.match_id, proposed.data.panel[0].participant_id

    form = {"sequence": str(proposed.sequence), "person": pair_id(match, out)}
    went = await running.script.post(f"/matches/{match}/what-ifs", data=form)
    path = went.headers["location"]
    answer = an_event(MatchWhatIfAnswered, subject=path.rpartition("/")[2])
    await running.matching.say(answer)
    await running.matching.say(remembered)
    types = await running.traced(proposed.correlationid, 4)

    page = (await running.script.get(path)).text
    assert MatchWhatIfAsked.TYPE in types
    assert "Both panels" in page
    assert await running.database["chances"].count_documents({}) == len(remembered.data.chances)


async def test_no_name_lies_in_the_database_of_the_console(running: Running) -> None:
    registered = an_event(ParticipantRegistered)
    address = Contact(channel=Channel.PHONE, value="+447700900123", preferred=True)
    card = ContactCard(display_name="Samuel Okonkwo", address_as="Sam", contacts=(address,))
    keyring = Keyring(running.database, SecretMasterKeys(MASTER))
    sealed = await keyring.seal(registered.data.participant_id, card)
    contact = an_event(
        ParticipantContactChanged, data=sealed.model_dump(), correlationid=registered.correlationid
    )
    await running.intake.say(registered, contact)
    await running.traced(registered.correlationid, 2)

    stored = ""
    for name in await running.database.list_collection_names():
        stored += str([row async for row in running.database[name].find()])

    assert str(registered.data.participant_id) in stored
    assert "Okonkwo" not in stored
    assert "900123" not in stored
