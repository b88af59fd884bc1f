"""What scheduling holds on people, collection by collection; it knows nobody by name."""

from shared.holding import (
    INVOLVEMENT,
    OF_ALL_SERVICES,
    Held,
    Holdings,
)

HOLDINGS = Holdings(
    held={
        "attendants": Held(
            "Where you live, roughly, when you can come, and what you need there",
            "to find times and places that suit you, and to remind you",
            INVOLVEMENT,
        ),
        "panels": Held(
            "That you are, or were, on a panel",
            "to invite you, or to have you in reserve",
            INVOLVEMENT,
            shared=("match_id", "members", "reserves", "former"),
        ),
        "sessions": Held(
            "The sessions that you are expected at, and whether you came",
            "to hold them, and to pay you",
            INVOLVEMENT,
            shared=(
                *("title", "partner", "number", "status", "starts_at", "ends_at"),
                *("attendees", "came"),
            ),
        ),
        "invitations": Held(
            "What you were invited to, and what you answered",
            "to know who comes",
            INVOLVEMENT,
        ),
    },
    of_nobody={
        **OF_ALL_SERVICES,
        "engagements": "what partners want people for",
        "erasures": "the id of who is being forgotten, for a minute",
        "absences": "which workers or rooms are missing at sessions",
        "calendar_reads": "when a calendar of a room or worker is read again",
        "deadlines": "when an invitation ends that is shown above",
        "follow_ups": "when somebody is asked how it was, by the id of an invitation shown above",
        "hub_plans": "which hub's sessions are to be placed",
        "plans": "which engagement's sessions are to be placed",
        "quorums": "when a session is looked at: whether enough people come",
        "reminders": "when a reminder is due, by the id of an invitation shown above",
        "resource_calendars": "when rooms and workers are busy",
        "venue_days": "which rooms and workers are booked on a day",
    },
)
