"""Ways to reach people that reach nobody: reserved domains, numbers for drama, invented streets."""

from collections.abc import Iterator
from random import Random

from deploy.demo.profile import PROFILE
from deploy.demo.shapes import Contact

MOBILES = ("07700 900", 1000)
LANDLINES = ("020 7946 0", 1000)
"""Ofcom's ranges for drama: a prefix, and how many numbers of three digits follow it."""


class ContactBook:
    """Gives out each address and number once, since the same contact means the same person."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()
        self._numbers = {"sms": self._shuffled(*MOBILES), "phone": self._shuffled(*LANDLINES)}

    def contacts(self, display_name: str, postcode: str) -> list[Contact]:
        """Draw the preferred channel first, then perhaps others."""
        [preferred] = self._rng.choices(list(PROFILE.channels), list(PROFILE.channels.values()))
        channels = [preferred] + [
            channel
            for channel, rate in PROFILE.second_channels.items()
            if channel != preferred and self._rng.random() < rate
        ]
        return [
            {
                "channel": channel,
                "value": self._value(channel, display_name, postcode),
                "preferred": channel == preferred,
            }
            for channel in channels
        ]

    def email(self, display_name: str) -> str:
        """Make an address of the name, with a number where the name is taken."""
        letters = "".join(c for c in display_name.lower() if c.isalpha() or c in " -")
        local = letters.replace(" ", ".")
        domain = self._rng.choice(PROFILE.email_domains)
        free = (f"{local}{number or ''}@{domain}" for number in range(len(self._given) + 1))
        return self._unused(free)

    def mobile(self) -> str:
        return next(self._numbers["sms"])

    def _value(self, channel: str, display_name: str, postcode: str) -> str:
        if channel == "email":
            return self.email(display_name)
        if channel == "letter":
            return self._address(display_name, postcode)
        return next(self._numbers[channel])

    def _address(self, display_name: str, postcode: str) -> str:
        house = self._rng.randint(1, 180)
        street = self._rng.choice(PROFILE.streets)
        flats = [f"{house} {street}", *(f"Flat {flat}, {house} {street}" for flat in range(1, 99))]
        return self._unused(f"{display_name}\n{line}\nLondon\n{postcode}" for line in flats)

    def _unused(self, values: Iterator[str]) -> str:
        value = next(value for value in values if value not in self._given)
        self._given.add(value)
        return value

    def _shuffled(self, prefix: str, count: int) -> Iterator[str]:
        numbers = [f"{prefix}{number:03}" for number in range(count)]
        self._rng.shuffle(numbers)
        return iter(numbers)
