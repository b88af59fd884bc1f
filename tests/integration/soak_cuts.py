"""Tries every cut of the auditor's in the network it is started in, and prints what came of it."""

import asyncio
import json
import sys

from tests.soak.network import CUTS, ENDS, Network

ANSWER_SECONDS = 2.0
TRIES = 40


async def greeted(port: int) -> str:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            greeting = await reader.read()
    except TimeoutError:
        return "silence"
    except OSError:
        return "refused"
    writer.close()
    return greeting.decode()


async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello")
    writer.close()


async def main(outside: str) -> None:
    network = Network(outside)
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found = {"uncut": [await greeted(port)], "aborts": [str(await network.can_abort())]}
    for kind in CUTS:
        async with network.cut(kind, port, ENDS):
            found[kind] = await asyncio.gather(*(greeted(port) for _ in range(TRIES)))
        found[f"after {kind}"] = [await greeted(port)]
    print(json.dumps({kind: sorted(set(outcomes)) for kind, outcomes in found.items()}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
