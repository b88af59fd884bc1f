"""An in-memory collection that keeps to the committer's rules: versions, and all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic

from shared.changes import Changes, Due, Put, Remove, Undue
from shared.errors import ConflictError
from shared.mongo import E


class InMemoryCollection(Generic[E]):
    """What `shared.mongo.Collection` is to MongoDB; holds dataclass entities."""

    def __init__(self, name: str, *entities: E) -> None:
        self.name = name
        self.entities: dict[str, E] = {entity.id: entity for entity in entities}

    async def get(self, entity_id: str) -> E | None:
        return self.entities.get(entity_id)

    async def where(self, holds: Callable[[E], bool]) -> list[E]:
        return [entity for entity in self.entities.values() if holds(entity)]

    def keep(self, entity: E) -> Put:
        return Put(self.name, entity.id, {"entity": entity}, entity.version)

    def drop(self, entity: E) -> Remove:
        return Remove(self.name, entity.id, entity.version)

    def check(self, write: Put | Remove) -> None:
        stored = self.entities.get(write.id)
        if (stored.version if stored else 0) != write.was:
            raise ConflictError(f"{self.name} {write.id} has moved on")

    def apply(self, write: Put | Remove) -> None:
        if isinstance(write, Remove):
            del self.entities[write.id]
            return
        self.entities[write.id] = replace(write.document["entity"], version=write.was + 1)


class InMemoryStore:
    """Applies changes to its collections as the committer would; remembers due work and events."""

    def __init__(self, *collections: InMemoryCollection[Any]) -> None:
        self.collections = {collection.name: collection for collection in collections}
        self.due: dict[tuple[str, str], Due] = {}
        self.events: list[Any] = []

    def commit(self, changes: Changes) -> None:
        """Make the changes true. Raises ConflictError, and changes nothing, on an old version."""
        stored = [write for write in changes.writes if isinstance(write, Put | Remove)]
        for write in stored:
            self.collections[write.collection].check(write)
        for write in stored:
            self.collections[write.collection].apply(write)
        for wanted in changes.writes:
            if isinstance(wanted, Due):
                self.due[wanted.collection, wanted.id] = wanted
            elif isinstance(wanted, Undue):
                self.due.pop((wanted.collection, wanted.id), None)
        self.events.extend(changes.events)
