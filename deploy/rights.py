"""What each account may do in MongoDB: which collections there are, and who may change them.

A service reads and writes its own collections, which are named here one by one: what is not named
is refused. Whoever adds a collection decides here whether its rows may be changed.
"""

from collections.abc import Mapping

from deploy.embedded.replica import Privilege
from shared.pause import PAUSES

CONSOLE = "console"
KEYRING = "keyring"
KEYS = "keys"
Actions = tuple[str, ...]
READING: Actions = ("find",)
ADDING: Actions = (*READING, "insert")
CHANGING: Actions = (*ADDING, "update", "remove")
LISTING = ("listCollections",)
PREPARING = ("createCollection", "createIndex", "listIndexes")
"""What a service does with each of its collections when it starts."""
LOOKING = (*READING, *LISTING, "listIndexes", "dbStats")
"""What the operator may do with what the services keep, none of which is in clear."""
KEYRING_RIGHTS = (("intake", CHANGING), ("notification", READING), ("console", READING))
"""Who may open contact cards; intake makes the keys and forgets them."""

CHANGED: Mapping[str, tuple[str, ...]] = {
    "intake": (
        "attendances",
        "engagements",
        "erasure_cases",
        "erasure_checks",
        "erasures",
        "expiries",
        "feedbacks",
        "inbox",
        "key_ends",
        "key_rotations",
        "key_uses",
        "leavers",
        "master_rotations",
        "outbox",
        "outcomes",
        "participants",
        "publishers",
        "quarantine",
        "retention",
        "retention_runs",
        "second_looks",
        "sessions",
        "submissions",
    ),
    "matching": (
        "attendances",
        "candidates",
        "chances",
        "drawn",
        "draws",
        "engagements",
        "forgetting",
        "inbox",
        "matches",
        "opportunities",
        "outbox",
        "retention",
        "retention_runs",
        "staff_changes",
        "what_ifs",
    ),
    "scheduling": (
        "absences",
        "attendants",
        "calendar_reads",
        "deadlines",
        "engagements",
        "erasures",
        "follow_ups",
        "hub_plans",
        "inbox",
        "invitations",
        "outbox",
        "panels",
        "plans",
        "quorums",
        "reminders",
        "resource_calendars",
        "retention",
        "retention_runs",
        "sessions",
        "venue_days",
    ),
    "notification": (
        "contacts",
        "digests",
        "films",
        "inbox",
        "invitations",
        "matches",
        "messages",
        "outbox",
        "participants",
        "receipts",
        "retention",
        "retention_runs",
        "second_looks",
        "sends",
        "sessions",
    ),
    "console": (
        "access_requests",
        "announced",
        "askings",
        "audit_backfills",
        "audit_seals",
        "browsers",
        "calendar_links",
        "chances",
        "changes",
        "contacts",
        "details",
        "draws",
        "engagements",
        "erasures",
        "failed_sign_ins",
        "figures",
        "films",
        "groups",
        "half_signed_in",
        "held_decisions",
        "inbox",
        "invitations",
        "last_sign_ins",
        "matches",
        "messages",
        "one_time_codes",
        "outbox",
        "outreach",
        "people",
        "previews",
        "quota_answers",
        "refusals",
        "retention",
        "retention_runs",
        "second_looks",
        "sessions",
        "staff",
        "times",
        "trace",
        "what_ifs",
    ),
}
"""Collections whose rows their service may replace and remove."""
ONLY_ADDED: Mapping[str, tuple[str, ...]] = {
    CONSOLE: ("audit", "audit_chain"),
    "intake": ("consents",),
}
"""Collections whose rows stay as they were written."""


def rights_of(service: str) -> tuple[Privilege, ...]:
    """Return what a service may do in its own database, and in the keyring where it needs that."""
    whole = (*READING, "changeStream", *LISTING) if service == CONSOLE else LISTING
    rows = dict.fromkeys(CHANGED[service], CHANGING)
    rows |= dict.fromkeys(ONLY_ADDED.get(service, ()), ADDING)
    own = [Privilege(service, name, (*may, *PREPARING)) for name, may in rows.items()]
    keys = [Privilege(KEYRING, KEYS, may) for name, may in KEYRING_RIGHTS if name == service]
    paused = Privilege(service, PAUSES, READING)
    return (Privilege(service, "", whole), *own, *keys, paused)


def operators_rights() -> tuple[Privilege, ...]:
    """Return what lets the operator look at everything that services keep, but at no key."""
    return tuple(Privilege(service, "", LOOKING) for service in CHANGED)


def backups_rights() -> tuple[Privilege, ...]:
    """Return what lets a backup read everything, keys too, ask for a pause, and change nothing."""
    asks = (Privilege(service, PAUSES, ("insert", "update")) for service in CHANGED)
    return (*(Privilege(name, "", (*READING, *LISTING)) for name in (*CHANGED, KEYRING)), *asks)


def archivists_rights() -> tuple[Privilege, ...]:
    """Return what lets rows of the audit trail be taken away, by the blocks that seal them."""
    trail = Privilege(CONSOLE, "audit", (*READING, "remove"))
    return (trail, Privilege(CONSOLE, "audit_chain", READING))
