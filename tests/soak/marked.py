"""People with marks: words that nobody else has, in all that may be said of somebody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cli.erasing.marks import words_of

CONSONANTS, VOWELS = "bdfgklmnprtvxz", "aeiou"
SYLLABLES = 5
POSTCODE = "W13 9LA"
FIRST_BORN = date(1940, 1, 1)
OF_TEN_BY_LETTER = 3
EMAIL, LETTER = "email", "letter"


@dataclass(frozen=True, slots=True)
class Marked:
    """Who somebody is, and what else of them only they would say; `number` is of their history."""

    number: int
    name: str
    address_as: str
    street: str
    manner: str
    wish: str
    partner: str
    site: str

    @classmethod
    def of(cls, seed: int, number: int) -> "Marked":
        """Return the same words for the same person, whoever asks."""
        die = random.Random(f"{seed}-{number}")  # noqa: S311 - a repeatable die, no secret
        first, last, called, street, *others = (_word(die) for _ in range(8))
        return cls(number, f"{first} {last}", called, f"{number} {street} Street", *others)

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.org"

    @property
    def phone(self) -> str:
        return f"+447700{self.number:06}"

    @property
    def born(self) -> date:
        return FIRST_BORN + timedelta(days=17 * self.number)

    @property
    def words(self) -> list[str]:
        """All that they would be recognised by."""
        postcode = POSTCODE.replace(" ", "")
        card = {"display_name": self.name, "contacts": self._contacts(""), "postcode": postcode}
        return [*words_of(card), *self.words_apart]

    @property
    def words_apart(self) -> list[str]:
        """What is not on the card by which they are searched for."""
        apart = (self.address_as, self.manner, self.wish, self.partner, self.site)
        return [*apart, self.born.isoformat()]

    def marked(self, data: dict[str, Any], channel: str) -> dict[str, Any]:
        """Return what is said of a person with the marks in it; some are written letters to."""
        by_letter = channel == EMAIL and self.number % 10 < OF_TEN_BY_LETTER
        consent = {name: {**each, "how": self.manner} for name, each in data["consent"].items()}
        said = {
            **data,
            "name": {"display": self.name, "address_as": self.address_as},
            "contacts": self._contacts(LETTER if by_letter else channel),
            "postcode": POSTCODE,
            "date_of_birth": self.born.isoformat(),
            "exclusions": {"partners": [self.partner], "sites": [self.site]},
            "consent": consent,
        }
        del said["age_band"]
        return said

    def _contacts(self, preferred: str) -> list[dict[str, Any]]:
        letter = f"{self.name}\n{self.street}\nLondon\n{POSTCODE}"
        values = {EMAIL: self.email, "phone": self.phone, LETTER: letter}
        return [
            {"channel": channel, "value": value, "preferred": channel == preferred}
            for channel, value in values.items()
        ]


def _word(die: random.Random) -> str:
    return "".join(die.choice(CONSONANTS) + die.choice(VOWELS) for _ in range(SYLLABLES)).title()
