"""The OpenAPI documents of the services that others call, as the services themselves give them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from deploy.accounts import Secrets, publishers_file, staff_file
from deploy.environments import Place, service_environment

SERVICES = ("intake", "console")


def document(service: str) -> dict[str, Any]:
    """Build the app as its process does, connected to nothing, and ask it for its document."""
    found: dict[str, Any] = built(service).openapi()
    return found


def built(service: str) -> FastAPI:
    """Build the app of a service as its process does."""
    with TemporaryDirectory() as folder, _configured(service, Path(folder)):
        settings = import_module(f"services.{service}.settings").Settings()
        app: FastAPI = import_module(f"services.{service}.main").build_app(settings)
    return app


@contextmanager
def _configured(service: str, folder: Path) -> Iterator[None]:
    """Set the environment of an installation that does not exist."""
    secrets = Secrets.kept_in(folder / "secrets.json")
    place = Place(
        rabbit_url="amqp://nobody@localhost/app",
        mongo_url="mongodb://localhost",
        host="localhost",
        port=8080,
        public_url="https://gateway.example.org",
        smtp_host="localhost",
        smtp_port=25,
        smtp_tls="none",
        publishers_file=folder / "publishers.json",
        staff_file=folder / "staff.json",
    )
    place.publishers_file.write_text(publishers_file(secrets), encoding="utf-8")
    place.staff_file.write_text(staff_file(secrets), encoding="utf-8")
    before = dict(os.environ)
    os.environ.update(service_environment(service, place, secrets))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
