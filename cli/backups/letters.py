"""What the records of a backup are, by the letter that each begins with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

COLLECTION = b"C"
"""BSON: the database and the collection of the documents that follow."""
DOCUMENTS = b"D"
"""Whole documents in BSON, one after the other, as MongoDB stored them."""
MESSAGE = b"M"
"""BSON: a queue, the properties of a message as AMQP writes them, its body."""
FILE = b"F"
"""BSON: the name of a file and its text."""
ENDS = b"E"
"""BSON: how much there is of each, to be held against what is read."""

DATA = "data.wlcb"
KEYRING = "keyring.wlcb"
SECRETS = "secrets.wlcb"
FILES = (DATA, KEYRING, SECRETS)


@dataclass(slots=True)
class Counts:
    """How many documents each collection has, and messages each queue."""

    documents: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, written: Mapping[str, Mapping[str, int]]) -> Self:
        """Return what the end of a file says."""
        return cls(Counter(written["documents"]), Counter(written["messages"]))

    def as_json(self) -> dict[str, dict[str, int]]:
        """Return it for scripts and for the end of a file."""
        return {"documents": dict(self.documents), "messages": dict(self.messages)}
