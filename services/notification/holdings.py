"""What notification holds on people, collection by collection."""

from shared.holding import (
    ACCOUNTABILITY,
    INVOLVEMENT,
    OF_ALL_SERVICES,
    Held,
    Holdings,
)

HOLDINGS = Holdings(
    held={
        "contacts": Held(
            "Who you are and how you are reached, sealed",
            "to write to you",
            INVOLVEMENT,
        ),
        "participants": Held(
            "How and in which language you want to hear from us",
            "to write to you in the way that you wish",
            INVOLVEMENT,
        ),
        "invitations": Held(
            "What you were invited to",
            "to tell you of it, and of what changes",
            INVOLVEMENT,
        ),
        "messages": Held(
            "Which message went to you, when, by which channel, whether it arrived; not its text",
            "to tell you each thing once, and to find another way where one fails",
            f"{INVOLVEMENT}; that you were told: {ACCOUNTABILITY}",
        ),
    },
    of_nobody={
        **OF_ALL_SERVICES,
        "digests": "when staff are sent their digest",
        "films": "where the film of an engagement is",
        "matches": "what staff are told of matches",
        "receipts": "how often a provider is asked what came of a message shown above",
        "second_looks": "the id of who was forgotten, for a minute",
        "sends": "which message shown above is to be sent, and when",
        "sessions": "what is told of sessions",
    },
)
