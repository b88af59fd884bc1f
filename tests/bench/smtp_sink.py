"""A mail server that keeps nothing but how often it took each Message-ID; it tells at its end."""

import argparse
import asyncio
import json
import signal
from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Counting:
    """Takes every e-mail."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._headers = BytesHeaderParser()

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)  # decode_data is off
        self.taken[str(self._headers.parsebytes(content)["Message-ID"])] += 1
        return "250 2.0.0 taken"


async def serve(port: int, told: Path) -> None:
    """Take mail until told to stop, then write down what was taken."""
    counting, stopped = Counting(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(counting, enable_SMTPUTF8=True, hostname="localhost"), HOST, port
    )
    async with server:
        await stopped.wait()
    await asyncio.to_thread(told.write_text, json.dumps(counting.taken))


def main() -> None:
    """Run as `python -m tests.bench.smtp_sink --port PORT --told FILE`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--told", type=Path, required=True)
    wanted = parser.parse_args()
    asyncio.run(serve(wanted.port, wanted.told))


if __name__ == "__main__":
    main()
