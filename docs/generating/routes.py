"""Who says and who hears an event, read from the topology."""

import re

from shared import topology


def publishers_of(routing_key: str) -> tuple[str, ...]:
    """Return the services that may publish under this key."""
    return tuple(
        service
        for service, route in topology.ROUTES.items()
        if any(routing_key.startswith(f"{prefix}.") for prefix in route.says)
    )


def hearers_of(routing_key: str) -> tuple[str, ...]:
    """Return the services whose queue is bound to `events` for this key."""
    return tuple(
        service
        for service, route in topology.ROUTES.items()
        if any(binds(pattern, routing_key) for pattern in route.hears)
    )


def hearers_of_submissions() -> tuple[str, ...]:
    """Return the services whose queue is bound to `inbound`."""
    return tuple(name for name, route in topology.ROUTES.items() if route.hears_inbound)


def binds(pattern: str, routing_key: str) -> bool:
    """Whether a binding of a topic exchange matches: `*` is one word, `#` any number of them."""
    words = [re.escape(word) for word in pattern.split(".")]
    expression = r"\.".join(words).replace(r"\*", r"[^.]+").replace(r"\.\#", r"(\..+)?")
    return re.fullmatch(expression.replace(r"\#", ".*"), routing_key) is not None
