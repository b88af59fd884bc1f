"""Comparing what was taken with its effects, from outside: each exactly once, everywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shared.mongo import Database
from tests.soak.diary import slots_of_people, venues_booked
from tests.soak.findings import EXAMPLES, STANDING, Finding, counted
from tests.soak.history import PLACES, History, Person

Row = dict[str, Any]


class Auditor:
    """Reads every database as the operator may, and the caught mail."""

    def __init__(self, databases: Mapping[str, Database], mail: Path, history: History) -> None:
        self._databases = databases
        self._mail = mail
        self._people = history.people
        self._engagements = history.engagements

    async def findings(self, accepted: set[str]) -> list[Finding]:
        """Return every effect that was counted; `accepted` are the ids of what was taken."""
        return [
            await self._submissions(accepted),
            *[await self._people_as(place) for place in ("intake", "matching", "console")],
            *[await self._ids_in(*place) for place in PROJECTIONS],
            await self._once_each("intake", "engagements", "reference"),
            await self._once_each("matching", "matches", "engagement_reference"),
            await self._once_each("console", "matches", "state.engagement_reference"),
            *await self._invitations(),
            *await self._mails(),
            await self._told_in_console(),
            await slots_of_people(self._databases["scheduling"]),
            await venues_booked(self._databases["scheduling"]),
        ]

    async def _rows(self, service: str, collection: str) -> list[Row]:
        return await self._databases[service][collection].find().to_list(None)

    async def _submissions(self, accepted: set[str]) -> Finding:
        rows = await self._rows("intake", "submissions")
        kept = Counter(row["event_id"] for row in rows if row["status"] == "accepted")
        return counted("submissions accepted", accepted, kept)

    async def _people_as(self, service: str) -> Finding:
        """Count whoever stands as the newest version of their history says."""
        read = {"intake": self._in_intake, "matching": self._in_matching}.get(service)
        stand = await (read or self._in_console)()
        wrong = [
            f"{reference}: {stand.get(reference)} for {_wanted(person, service)}"
            for reference, person in self._people.items()
            if stand.get(reference, [None])[0] != _wanted(person, service)
        ]
        doubled = sum(len(found) - 1 for found in stand.values())
        effect = f"people at their newest in {service}"
        return Finding(effect, len(self._people), len(wrong), doubled, tuple(wrong[:EXAMPLES]))

    async def _in_intake(self) -> dict[str, list[object]]:
        rows = await self._rows("intake", "participants")
        return _grouped(
            (
                row["references"][0]["reference"],
                row["profile"]["travel_km"] if row["status"] == "active" else row["status"],
            )
            for row in rows
        )

    async def _in_matching(self) -> dict[str, list[object]]:
        """Of those who left only a mark remains: their reference is looked up in intake."""
        known = await self._references()
        return _grouped(
            (known[row["_id"]], row["travel_km"] if row["active"] else "left")
            for row in await self._rows("matching", "candidates")
        )

    async def _in_console(self) -> dict[str, list[object]]:
        rows = await self._rows("console", "people")
        return _grouped((row["reference"], row["status"]) for row in rows)

    async def _references(self) -> dict[str, str]:
        rows = await self._rows("intake", "participants")
        return {row["_id"]: row["references"][0]["reference"] for row in rows}

    async def _ids_in(self, service: str, collection: str) -> Finding:
        known = await self._references()
        found = Counter(known.get(row["_id"]) for row in await self._rows(service, collection))
        return counted(f"people in {service}'s {collection}", set(self._people), found)

    async def _once_each(self, service: str, collection: str, field: str) -> Finding:
        found = Counter(_at(row, field) for row in await self._rows(service, collection))
        return counted(f"engagements in {service}'s {collection}", set(self._engagements), found)

    async def _invitations(self) -> list[Finding]:
        """Every place is offered once at a time, nobody is asked twice for one engagement."""
        rows = await self._rows("scheduling", "invitations")
        asked = Counter((row["engagement_id"], row["participant_id"]) for row in rows)
        holding = Counter(row["engagement_id"] for row in rows if row["answer"] in STANDING)
        shown = Counter(row["_id"] for row in await self._rows("console", "invitations"))
        wanted = {
            row["engagement_id"]: min(PLACES, len(row["panel"]))
            for row in await self._rows("matching", "matches")
            if row["status"] == "approved"
        }
        empty = sum(max(0, count - holding[each]) for each, count in wanted.items())
        over = sum(max(0, count - PLACES) for count in holding.values())
        return [
            Finding("people invited", len(asked), 0, asked.total() - len(asked)),
            Finding("places of approved panels held", sum(wanted.values()), empty, over),
            counted("invitations in console", {row["_id"] for row in rows}, shown),
        ]

    async def _mails(self) -> list[Finding]:
        """Each invitation was mailed once, and every mail that counts as sent was caught.

        One that was killed on its way and is outdated since may have been caught or not.
        """
        messages = await self._rows("notification", "messages")
        rows = await self._rows("scheduling", "invitations")
        issued = {row["_id"] for row in rows if row["answer"] in STANDING}
        invited = Counter(
            m["invitation_id"]
            for m in messages
            if m["kind"] == "invitation"
            and m["status"] in {"sent", "delivered", "to_call"}
            and m["invitation_id"] in issued
        )
        sent = {m["_id"] for m in messages if m["status"] == "sent" and m["channel"] == "email"}
        unknown = {m["_id"] for m in messages if m.get("error_code") == "perhaps-taken"}
        names = (path.name.partition("@")[0] for path in self._mail.glob("*.eml"))
        caught = Counter(name for name in names if name not in unknown)
        return [
            counted("invitations told", issued, invited),
            counted("mails caught of those sent", sent, caught),
        ]

    async def _told_in_console(self) -> Finding:
        """Every mail, call and failure stands in the console as in notification."""
        rows = await self._rows("notification", "messages")
        settled = {(row["_id"], row["status"]) for row in rows if row["status"] != "queued"}
        views = await self._rows("console", "messages")
        shown = Counter((row["_id"], row["state"]["status"]) for row in views)
        return counted("mails and calls in console", settled, shown)

    def repeats(self) -> int:
        """Return how many mails were handed over again under the same Message-ID."""
        log = self._mail / "repeats.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    async def failed_work(self) -> int:
        """Return how much due work was given up."""
        total = 0
        for database in self._databases.values():
            for name in await database.list_collection_names():
                given_up = {"failed": {"$exists": True, "$ne": None}}
                total += await database[name].count_documents(given_up)
        return total


PROJECTIONS = (
    ("scheduling", "attendants"),
    ("notification", "participants"),
    ("notification", "contacts"),
    ("console", "contacts"),
)


def _wanted(person: Person, service: str) -> object:
    """Who has left stands as that; what was said before and came later is no news any more."""
    if person.leaves:
        return "left"
    return "active" if service == "console" else person.travel_km


def _grouped(pairs: Iterable[tuple[str, object]]) -> dict[str, list[object]]:
    groups: dict[str, list[object]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _at(row: Row, field: str) -> Any:
    for part in field.split("."):
        row = row[part]
    return row
