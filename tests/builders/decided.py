"""What each account may do, decided by hand: nothing here is read from the rights that are tried.

Whoever adds a collection, an account, a queue or a type of event says here too who may do what.
"""

from collections.abc import Mapping, Sequence

from deploy.rights import KEYRING, KEYS

CHANGE = frozenset({"find", "insert", "update", "remove", "transaction", "merge", "out"})
ADD = frozenset({"find", "insert", "transaction"})
PREPARE = frozenset({"create", "createIndex", "listIndexes"})
LOOK = frozenset({"find", "listIndexes", "listCollections", "dbStats"})
WHOLE = ""
"""In place of a collection: the database itself, and collections that nobody has named."""

CHANGED: Mapping[str, set[str]] = {
    "intake": {
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
    },
    "matching": {
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
    },
    "scheduling": {
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
    },
    "notification": {
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
    },
    "console": {
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
    },
}
"""Rows that their service may replace and remove."""
ADDED: Mapping[str, set[str]] = {"console": {"audit", "audit_chain"}, "intake": {"consents"}}
"""Rows that nobody may change once they are written."""
KEYRING_FOR = {"intake": CHANGE | {"create"}, "notification": {"find"}, "console": {"find"}}
FOLLOWED = {"console"}
"""Who may follow what changes in their own database."""
PAUSES = "pauses"
"""Where a backup asks a service for a pause, and the service reads it."""
ASK = frozenset({"find", "insert", "update", "transaction", "merge", "create"})
MONGO_ACCOUNTS = (*CHANGED, "operator", "backup", "archivist")
ARCHIVIST = {"audit": frozenset({"find", "remove"}), "audit_chain": frozenset({"find"})}
"""What is let take rows of the audit trail away, by the blocks that seal them."""

SAYS: Mapping[str, Sequence[str]] = {
    "intake": ("participant.*", "engagement.*", "submission.*", "erasure.confirmed"),
    "matching": [
        "match.proposed",
        "match.fell_short",
        "match.draw_announced",
        "match.draw_recorded",
        "match.chances_remembered",
        "match.what_if_answered",
        "match.approved",
        "match.cancelled",
        "outreach.*",
        "erasure.confirmed",
    ],
    "scheduling": [
        "session.announced",
        "session.updated",
        "session.rescheduled",
        "session.unscheduled",
        "session.cancelled",
        "invitation.*",
        "erasure.confirmed",
    ],
    "notification": ("notification.*", "preview.rendered", "erasure.confirmed"),
    "console": [
        "match.approved",
        "match.sent_back",
        "match.change_requested",
        "match.what_if_asked",
        "session.move_requested",
        "session.needs_accepted",
        "session.support_changed",
        "session.cancel_requested",
        "session.attendance_noted",
        "reply.*",
        "preview.requested",
        "film.supplied",
        "erasure.confirmed",
    ],
}
"""The events that each service may say: `wlc.<this>.v1`."""
EVERYTHING = [
    "participant.submitted",
    "participant.withdrawn",
    "participant.erasure_requested",
    "consent.withdrawn",
    "availability.submitted",
    "engagement.submitted",
    "engagement.cancelled",
    "attendance.recorded",
    "feedback.submitted",
    "outcome.recorded",
]
SUBMITS: Mapping[str, Sequence[str]] = {
    "nwl-trust": EVERYTHING,
    "lambeth-hub": EVERYTHING,
    "borough-of-brent": [
        each for each in EVERYTHING if each.startswith(("part", "avail", "consent"))
    ],
    "staff-import": ("participant.submitted", "participant.withdrawn"),
}
"""The submissions that each publisher may send."""
BROKER_ACCOUNTS = (*SAYS, *SUBMITS, "operator")


def may_in_mongo(account: str, database: str, collection: str) -> frozenset[str]:
    """Return what an account may do with a collection; with `WHOLE` with the database."""
    if account == "operator":
        return LOOK if database in CHANGED else frozenset()
    if account == "backup":
        return _backup_may(database, collection)
    if account == "archivist":
        return ARCHIVIST.get(collection, frozenset()) if database == "console" else frozenset()
    if database == KEYRING:
        return frozenset(KEYRING_FOR.get(account, ())) if collection == KEYS else frozenset()
    return _service_may(account, collection) if database == account else frozenset()


def _service_may(service: str, collection: str) -> frozenset[str]:
    """Return what a service may do with a collection of its own database."""
    if collection == WHOLE:
        return frozenset({"listCollections", *({"find", "watch"} if service in FOLLOWED else ())})
    if collection == PAUSES:
        return frozenset({"find"})
    if collection in CHANGED[service]:
        return CHANGE | PREPARE
    return ADD | PREPARE if collection in ADDED.get(service, ()) else frozenset()


def _backup_may(database: str, collection: str) -> frozenset[str]:
    if database not in {*CHANGED, KEYRING}:
        return frozenset()
    if collection == PAUSES:
        return ASK
    return frozenset({"find", "listCollections"} if collection == WHOLE else {"find"})


def may_say(account: str, exchange: str, key: str) -> bool:
    """Tell whether an account may publish to an exchange under a key."""
    if account == "operator":
        return exchange in {"requeue", "dlx", "unrouted"}
    if exchange == "events":
        return _is_among(SAYS.get(account, ()), key)
    if exchange == "inbound":
        return _is_among(SUBMITS.get(account, ()), key)
    return exchange == "retry" and account in SAYS and key.startswith(f"{account}.in.v1.")


def may_read(account: str, queue: str) -> bool:
    """Tell whether an account may take from a queue, or empty it."""
    if account == "operator":
        return True
    if account in SAYS:
        return queue == f"{account}.in.v1"
    return queue in {f"publisher.{account}.v1", f"outreach.{account}.v1"}


def _is_among(decided: Sequence[str], key: str) -> bool:
    """Tell whether a key is one of those decided, which leave out `wlc.` and the version."""
    for one in decided:
        begins = f"wlc.{one.removesuffix('*')}"
        if key.startswith(begins) if one.endswith("*") else key == f"{begins}.v1":
            return True
    return False
