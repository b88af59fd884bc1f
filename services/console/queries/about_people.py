"""Which events are about a person: with them it would come out in what somebody takes part."""

from collections.abc import Sequence

from services.console.ports import Knowledge, TraceEntry

ABOUT_THEMSELVES = (
    "wlc.participant.",
    "wlc.reply.availability_given.",
    "wlc.reply.details_",
    "wlc.reply.erasure_asked.",
    "wlc.erasure.",
)
"""Events whose subject is a person."""
ABOUT_PEOPLE = (
    "wlc.participant.",
    "wlc.erasure.",
    "wlc.reply.",
    "wlc.invitation.",
    "wlc.notification.",
    "wlc.engagement.feedback_received.",
    "wlc.match.change_requested.",
    "wlc.match.what_if_",
)
"""Those, and events about one person in something else."""
OF_SUBMISSIONS = "wlc.submission."


async def is_of_person(any_id: str, about: Sequence[TraceEntry], known: Knowledge) -> bool:
    """Tell whether an id is that of a person, an invitation, or an event about a person."""
    return (
        any(each.type.startswith(ABOUT_PEOPLE) for each in about)
        or await known.people.get(any_id) is not None
        or await known.invitations.get(any_id) is not None
    )


def without_people(found: Sequence[TraceEntry]) -> list[TraceEntry]:
    """Return events without those whose subject is a person, and all that a person set off."""
    firsts: dict[str, TraceEntry] = {}
    for each in found:
        if not each.type.startswith(OF_SUBMISSIONS):
            firsts.setdefault(each.correlation_id, each)
    by_people = {
        cause for cause, first in firsts.items() if first.type.startswith(ABOUT_THEMSELVES)
    }
    return [
        each
        for each in found
        if each.correlation_id not in by_people and not each.type.startswith(ABOUT_THEMSELVES)
    ]
