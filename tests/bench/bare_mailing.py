"""The bare minimum beside which mailing is measured: aiosmtplib over open connections.

Each e-mail is the same bytes with a Message-ID and a recipient of its own; no database, no broker,
no rules, nothing written for anybody, no retry.
"""

import argparse
import asyncio
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from aiosmtplib import SMTP

CONNECTIONS = 8
SENDER = "no-reply@wlc.example.org"


async def send_all(port: int, mails: int, sample: bytes) -> float:
    """Hand over so many e-mails; return the seconds it took."""
    left = iter(range(mails))

    async def work() -> None:
        server = SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await server.connect()
        for number in left:
            head = f"Message-ID: <{uuid4()}@wlc.example.org>\r\nTo: p{number}@example.org\r\n"
            await server.sendmail(SENDER, [f"p{number}@example.org"], head.encode() + sample)
        await server.quit()

    started = perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return perf_counter() - started


def main() -> None:
    """Run as `python -m tests.bench.bare_mailing --port P --mails N --sample FILE`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mails", type=int, required=True)
    parser.add_argument("--sample", type=Path, required=True)
    wanted = parser.parse_args()
    print(asyncio.run(send_all(wanted.port, wanted.mails, wanted.sample.read_bytes())))


if __name__ == "__main__":
    main()
