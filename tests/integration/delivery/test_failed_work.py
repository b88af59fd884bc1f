"""Given-up work as a service's port tells of it, and what becomes of it when it is asked for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cli.service_port import FailedRow
from deploy.accounts import digest
from shared.changes import NOTHING, Changes, Due
from shared.committer import Committer
from shared.due import DueWork, DueWorker
from shared.failed_work import FailedWork, failed_work_router
from shared.mongo import Database
from shared.operator_doors import operator_door
from shared.outbox import Outbox
from shared.transaction import Transaction
from tests.fakes.publisher import InMemoryPublisher

TOKEN = "op_secret"


class Service:
    """Draws that meet a bug until it is mended, and the port that tells of them."""

    def __init__(self, database: Database) -> None:
        outbox = Outbox(database, InMemoryPublisher(), lease_seconds=15, limit=1000)
        self.committer = Committer(Transaction(database), outbox, group_size=10)
        self.worker = DueWorker(database, "draws", self.do, self.committer)
        self.is_mended = False
        app = FastAPI()
        failed_work = FailedWork(database, ("draws", "plans"))
        app.include_router(failed_work_router(failed_work, operator_door(digest(TOKEN))))
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.port = httpx.AsyncClient(
            transport=transport, base_url="http://inside", headers=headers
        )

    async def do(self, _work: DueWork) -> Changes:
        if not self.is_mended:
            raise ZeroDivisionError
        return NOTHING

    async def give_up(self, *names: str) -> None:
        async def work() -> Changes:
            now = datetime.now(UTC)
            return Changes(tuple(Due("draws", name, now, {"of": "Ann"}) for name in names))

        await self.committer.commit(f"asks for {names}", work)
        await self.worker.work_once()

    async def failed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.port.get("/failed-work")).json()
        return found


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    for name in ("inbox", "outbox", "draws"):
        await database.create_collection(name)
    service = Service(database)
    yield service
    await service.port.aclose()


async def test_given_up_work_is_told_by_ids_and_reason_alone(service: Service) -> None:
    await service.give_up("d-1")

    [told] = await service.failed()
    assert set(told) == {"collection", "id", "due_at", "failed_at", "error_code", "tries"}
    row = FailedRow.model_validate(told)
    assert (row.name, row.error_code, row.tries) == ("draws/d-1", "ZeroDivisionError", 0)


async def test_one_piece_of_work_is_taken_up_again_and_done(service: Service) -> None:
    await service.give_up("d-1", "d-2")
    service.is_mended = True

    asked = {"collection": "draws", "id": "d-1"}
    answer = await service.port.post("/failed-work/retry", json=asked)
    done = await service.worker.work_once()

    assert (answer.json(), done) == ({"retried": 1}, 1)
    assert [row["id"] for row in await service.failed()] == ["d-2"]


async def test_all_work_is_taken_up_again_and_given_up_again_while_the_bug_is_there(
    service: Service,
) -> None:
    await service.give_up("d-1", "d-2")

    answer = await service.port.post("/failed-work/retry", json={})
    between = await service.failed()
    await service.worker.work_once()

    assert (answer.json(), between) == ({"retried": 2}, [])
    assert len(await service.failed()) == 2


async def test_what_is_not_given_up_is_left_alone(service: Service) -> None:
    await service.give_up("d-1")

    for asked in ({"collection": "draws", "id": "d-9"}, {"collection": "inbox", "id": "d-1"}):
        answer = await service.port.post("/failed-work/retry", json=asked)

        assert answer.json() == {"retried": 0}


@pytest.mark.parametrize("asked", [{"id": "d-1"}, {"collection": "draws"}, {"all": True}])
async def test_half_a_name_is_refused(service: Service, asked: dict[str, Any]) -> None:
    answer = await service.port.post("/failed-work/retry", json=asked)

    assert answer.status_code == 422


async def test_a_page_elsewhere_cannot_post_what_a_browser_sends_unasked(service: Service) -> None:
    plain = {"Content-Type": "text/plain"}

    answer = await service.port.post("/failed-work/retry", content="{}", headers=plain)

    assert answer.status_code == 422


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "Via"])
async def test_who_comes_through_a_proxy_finds_nothing(service: Service, header: str) -> None:
    answer = await service.port.get("/failed-work", headers={header: "198.51.100.7"})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "body", [b'{"id": NaN}', b'[1e400, "Zanzibarbara"]', b'{"Zanzibarbara": "\\ud800"}']
)
async def test_what_cannot_be_written_back_is_refused_and_not_repeated(
    service: Service, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await service.port.post("/failed-work/retry", content=body, headers=headers)

    assert answer.status_code == 422
    assert "Zanzibarbara" not in answer.text
