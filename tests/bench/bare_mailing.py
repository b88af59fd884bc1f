"""The bare minimum beside which mailing is measured: aiosmtplib over open connections.

Each e-mail is the same bytes with a Message-ID and a recipient of its own, or, of the same parts,
built for each one as programs do with the standard library; no database, no broker, no rules, no
template, no retry.
"""

import argparse
import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from aiosmtplib import SMTP

CONNECTIONS = 8
SENDER = "no-reply@wlc.example.org"


async def send_all(port: int, mails: int, sample: bytes, *, is_built: bool) -> float:
    """Hand over so many e-mails; return the seconds it took."""
    left = iter(range(mails))
    parts = _parts(sample)

    async def work() -> None:
        server = SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await server.connect()
        for number in left:
            if is_built:
                await server.send_message(_built(number, parts))
                continue
            head = f"Message-ID: <{uuid4()}@wlc.example.org>\r\nTo: p{number}@example.org\r\n"
            await server.sendmail(SENDER, [f"p{number}@example.org"], head.encode() + sample)
        await server.quit()

    started = perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return perf_counter() - started


def _parts(sample: bytes) -> list[tuple[str, str]]:
    mail = message_from_bytes(sample, policy=default)
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    return [(part.get_content_subtype(), part.get_content()) for part in leaves]


def _built(number: int, parts: list[tuple[str, str]]) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "You are invited"
    mail["From"], mail["To"] = SENDER, f"p{number}@example.org"
    mail["Message-ID"] = f"<{uuid4()}@wlc.example.org>"
    (_, text), *others = parts
    mail.set_content(text)
    for subtype, content in others:
        mail.add_alternative(content, subtype=subtype)
    return mail


def main() -> None:
    """Run as `python -m tests.bench.bare_mailing --port P --mails N --sample FILE [--built]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mails", type=int, required=True)
    parser.add_argument("--sample", type=Path, required=True)
    parser.add_argument("--built", action="store_true")
    wanted = parser.parse_args()
    sample = wanted.sample.read_bytes()
    print(asyncio.run(send_all(wanted.port, wanted.mails, sample, is_built=wanted.built)))


if __name__ == "__main__":
    main()
