"""Previews that go after a day, and whom invitations reached, counted where it lies."""

import asyncio
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.console.ports import Asking, Counted, Counts, PreviewView
from services.console.store.for_a_while import GOES_INDEX, KeptForAWhile
from shared.errors import UnavailableError
from shared.mongo import Collection, Database, Document, stored_time

PREVIEW_DAYS = 1
PREVIEW_INDEXES = (GOES_INDEX,)
ASKING_INDEXES = (
    IndexModel([("hub", ASCENDING), ("at", ASCENDING)]),
    IndexModel([("participant_id", ASCENDING)]),
)
GROUP_INDEXES = (IndexModel([("hub", ASCENDING)]),)
STEPS = ("told", "reached", "answered")
NO_NEEDS = frozenset({""})
AT_ONCE = 10_000

Outcome = tuple[bool, ...]


class MongoPreviews(KeptForAWhile[PreviewView]):
    """Previews."""

    def __init__(self, database: Database) -> None:
        days, since = PREVIEW_DAYS, attrgetter("asked_at")
        super().__init__(database, "previews", PreviewView, days=days, since=since)


class MongoAskings(Collection[Asking]):
    """Whom invitations reached."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "askings", Asking)
        self._database = database

    async def about_person(self, participant_id: str) -> list[Asking]:
        return await self.find({"participant_id": participant_id})

    async def counted(self, hub: str, moments: Sequence[datetime]) -> list[list[Counted]]:
        ends = [stored_time(each) for each in moments]
        fields = ("participant_id", "channel", "at", *STEPS)
        asked, answers, needs = await asyncio.gather(
            self._read(self.name, {"hub": hub, "at": {"$lt": ends[-1]}}, fields),
            self._read("groups", {"hub": hub}, ("answers",)),
            self._read("people", {"hub": hub, "needs.0": {"$exists": True}}, ("needs",)),
        )
        return await asyncio.to_thread(_counted, asked, answers, needs, ends)

    async def _read(
        self, name: str, query: Mapping[str, Any], fields: Sequence[str]
    ) -> list[Document]:
        """Return some fields alone: of 50,000 people, whole entities would take seconds."""
        found = self._database[name].find(query, fields, batch_size=AT_ONCE)
        try:
            return await found.to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a count") from error


def _counted(
    asked: Iterable[Document],
    answers: Iterable[Document],
    needs: Iterable[Document],
    ends: Sequence[str],
) -> list[list[Counted]]:
    """Join the three by person here: a `$lookup` for each took ten times as long (MongoDB 6)."""
    answers_of = {each["_id"]: each["answers"] for each in answers}
    needs_of = {each["_id"]: set(each["needs"]) for each in needs}
    among: list[Counter[tuple[str, str, Outcome]]] = [Counter() for _ in ends]
    seen: set[str] = set()
    for row in sorted(asked, key=lambda row: (row["at"], row["_id"])):
        sums = among[bisect_right(ends, row["at"])]
        who, outcome = row["participant_id"], tuple(row[step] for step in STEPS)
        if who not in seen:
            seen.add(who)
            sums["first", "", outcome] += 1
        sums["all", "", outcome] += 1
        sums["channel", row["channel"] or "", outcome] += 1
        for need in needs_of.get(who, NO_NEEDS):
            sums["need", need, outcome] += 1
        for question, answer in answers_of.get(who, {}).items():
            sums[question, answer, outcome] += 1
    return [_summed(until) for until in accumulate(among, _both)]


def _both(
    before: Counter[tuple[str, str, Outcome]], more: Counter[tuple[str, str, Outcome]]
) -> Counter[tuple[str, str, Outcome]]:
    return before + more


def _summed(sums: Mapping[tuple[str, str, Outcome], int]) -> list[Counted]:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (1 + len(STEPS)))
    for (feature, value, outcome), many in sums.items():
        for at, holds in enumerate((True, *outcome)):
            counts[feature, value][at] += many * holds
    return [Counted(feature=k, value=v, counts=_counts(each)) for (k, v), each in counts.items()]


def _counts(each: Sequence[int]) -> Counts:
    asked, told, reached, answered = each
    return Counts(asked=asked, told=told, reached=reached, answered=answered)
