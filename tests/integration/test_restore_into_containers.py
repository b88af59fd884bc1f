"""A restore begins when servers that were started a moment ago answer."""

from urllib.parse import urlsplit

from cli.backups.targets import until_there
from tests.integration.faults.proxy import proxy
from tests.servers import TestServers


async def test_it_waits_for_a_server_that_does_not_answer_yet(servers: TestServers) -> None:
    rabbit = servers.rabbit["operator"]

    async with proxy(urlsplit(rabbit).port or 0) as starting:
        starting.refused = {1}
        await until_there((servers.mongo_url, starting.url(rabbit)))

    assert len(starting.connected_at) == 2
