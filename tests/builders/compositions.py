"""The composition as its files say it: parts, folders of secrets, settings of the broker."""

import re
from pathlib import Path

import yaml

from deploy.accounts import SERVICES

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


class _Merged(yaml.SafeLoader):
    """Reads what compose replaces, in place of adding to it, as it stands."""


_Merged.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


PRODUCTION = yaml.load((ROOT / "docker-compose.production.yml").read_text(), _Merged)["services"]  # noqa: S506
ONE_SHOT = ["setup", "mongo-setup"]
SERVERS = ["rabbitmq", "mongo"]
FOLDERS = ["accounts", "operator", *SERVERS, *SERVICES]


def settings_in(text: str) -> dict[str, str]:
    """Read RabbitMQ's `name = value` lines."""
    return dict(re.findall(r"^([\w.]+) = (.+)$", text, re.MULTILINE))
