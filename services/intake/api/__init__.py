"""HTTP in: events from other systems, what became of them, and their quarantine."""

from services.intake.api.keys import keys_router
from services.intake.api.problems import add_problems
from services.intake.api.publishers import PublisherDoor, publishers_router
from services.intake.api.router import build_router

__all__ = ["PublisherDoor", "add_problems", "build_router", "keys_router", "publishers_router"]
