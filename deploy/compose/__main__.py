"""`python -m deploy.compose`: the one-shot containers and the mail catcher."""

import argparse
import asyncio
import sys

from deploy.accounts import PUBLISHERS
from deploy.compose import access, mail, replica, setup
from deploy.compose.installation import VOLUMES, Installation
from deploy.embedded.errors import EmbeddedError


def main() -> None:
    """Do one step; what stops it is said in a sentence."""
    parser = argparse.ArgumentParser(prog="python -m deploy.compose", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("files", help="make the accounts, hand each container its files")
    steps.add_parser("mongo", help="make the replica set and its users")
    steps.add_parser("mail", help="catch e-mail")
    lines = steps.add_parser("env", help="print what `wlc` on the host needs, for a shell")
    lines.add_argument("publisher", nargs="?", default=PUBLISHERS[0].name)
    steps.add_parser("access", help="print keys, AMQP addresses and staff's password")
    steps.add_parser("authority", help="print the certificate to trust")
    steps.add_parser("smtp-password", help="keep the mail server's password, from stdin")
    steps.add_parser("new-master", help="make a new master key; the ones of before still unwrap")
    steps.add_parser(
        "drop-masters", help="drop the masters of before; stdin: wlc keys status --json"
    )
    steps.add_parser("new-exclusion-key", help="make another key of what people stay away from")
    kept = steps.add_parser("secret", help="keep a secret setting of a service, from stdin")
    kept.add_argument("name", choices=setup.SECRETS)
    wanted = parser.parse_args()
    try:
        _take(wanted)
    except EmbeddedError as error:
        parser.exit(3, f"{error}\n")


def _take(wanted: argparse.Namespace) -> None:
    if wanted.step == "mail":
        mail.catch(VOLUMES / "mail")
        return
    installation = Installation()
    match wanted.step:
        case "files":
            setup.set_up(installation)
            sys.stdout.write(access.NEXT_STEPS)
        case "mongo":
            asyncio.run(replica.form(installation))
        case "env" | "access" | "authority":
            sys.stdout.write(f"{_told(installation, wanted)}\n")
        case "new-master" | "new-exclusion-key":
            setup.make_key(installation, wanted.step)
        case "drop-masters":
            setup.drop_masters(installation, sys.stdin.read())
        case "smtp-password":
            setup.keep_secret(installation, "smtp_password", sys.stdin.read().strip())
        case _:
            setup.keep_secret(installation, wanted.name, sys.stdin.read().strip())


def _told(installation: Installation, wanted: argparse.Namespace) -> str:
    match wanted.step:
        case "env":
            return access.shell_lines(installation, wanted.publisher)
        case "authority":
            return access.authority(installation)
        case _:
            return access.everything(installation)


if __name__ == "__main__":
    main()
