"""The time zones that may be named: the same on every machine, whatever its system knows."""

from importlib.resources import files


def known_time_zones() -> frozenset[str]:
    """Return the names of the IANA database."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split())
