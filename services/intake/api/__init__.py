"""HTTP in: events from other systems, what became of them, and their quarantine."""

from services.intake.api.router import build_router

__all__ = ["build_router"]
