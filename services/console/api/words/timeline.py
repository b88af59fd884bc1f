"""What happened to an engagement, said in words: once, or several times alike."""

from collections.abc import Mapping

from services.console.queries.timeline import Happening

ONCE_OR_MORE: Mapping[str, tuple[str, str]] = {
    "submission.accepted": (
        "The partner sent something about this engagement",
        "The partner sent something about this engagement {count} times",
    ),
    "submission.rejected": (
        "Something about this engagement could not be taken",
        "Something about this engagement could not be taken, {count} times",
    ),
    "match.draw_announced": (
        "The hash of the seed of a draw was told, before it",
        "The hashes of the seeds of {count} draws were told, before them",
    ),
    "invitation.issued": ("1 person was invited", "{count} people were invited"),
    "invitation.accepted": ("1 person said yes", "{count} people said yes"),
    "invitation.declined": ("1 person said no", "{count} people said no"),
    "invitation.another_time": (
        "1 person wants to come, but at another time",
        "{count} people want to come, but at another time",
    ),
    "invitation.expired": (
        "1 person did not answer in time",
        "{count} people did not answer in time",
    ),
    "invitation.cancelled": (
        "1 invitation was taken back",
        "{count} invitations were taken back",
    ),
    "invitation.changed": (
        "Time or place changed for 1 person who was invited",
        "Time or place changed for {count} people who were invited",
    ),
    "invitation.follow_up_due": (
        "1 person had not answered: they are reached another way",
        "{count} people had not answered: they are reached another way",
    ),
    "reply.needs_given": (
        "1 person told us what they need",
        "{count} people told us what they need",
    ),
    "reply.left": ("1 person left the collaborative", "{count} people left the collaborative"),
    "reply.availability_given": (
        "1 person told us when they can come",
        "{count} people told us when they can come",
    ),
    "engagement.feedback_received": (
        "1 person said what it was like",
        "{count} people said what it was like",
    ),
    "engagement.outcome_recorded": (
        "The partner reported 1 figure of what came of it",
        "The partner reported {count} figures of what came of it",
    ),
    "message_sent": ("1 message went out", "{count} messages went out"),
    "message_delivered": ("1 message arrived", "{count} messages arrived"),
    "message_failed": ("1 message failed", "{count} messages failed"),
    "call_needed": ("1 call to make came up", "{count} calls to make came up"),
    "call_made": ("{who} made 1 call", "{who} made {count} calls"),
    "call_tried": (
        "{who} rang, and nobody picked up",
        "{who} rang {count} times, and nobody picked up",
    ),
    "answer_taken_by_phone": (
        "{who} took 1 answer by phone",
        "{who} took {count} answers by phone",
    ),
    "needs_taken_by_phone": (
        "{who} noted by phone what 1 person needs",
        "{who} noted by phone what {count} people need",
    ),
    "what_if_asked": (
        "{who} looked at what leaving 1 person out would bring",
        "{who} looked {count} times at what leaving a person out would bring",
    ),
    "preview_asked": ("{who} looked at 1 preview", "{who} looked at {count} previews"),
    "person_put_on_panel": (
        "{who} put 1 person on the panel",
        "{who} put {count} people on the panel",
    ),
    "person_left_out": ("{who} left 1 person out", "{who} left {count} people out"),
    "person_asked_again": (
        "{who} put 1 person back in the draw",
        "{who} put {count} people back in the draw",
    ),
}
"""What is counted: said once, and said of several."""

SAID: Mapping[str, str] = {
    "engagement.published": "The engagement was published",
    "engagement.updated": "What the partner asks for changed",
    "engagement.closed": "The partner called the engagement off",
    "engagement.attendance_recorded": "Another system noted who came",
    "drawn": "A panel was drawn, and waits for a decision",
    "drawn_again": "The panel was drawn again, and waits for a decision",
    "drawn_short": "A panel was drawn, and is short of people",
    "drawn_short_again": "The panel was drawn again, and is short of people",
    "match.approved": "The panel was approved automatically, as the partner asked",
    "match.sent_back": "The panel was sent back",
    "match.approved.later": "The approval of the panel was passed on: people are invited",
    "match.sent_back.later": "That the panel was sent back was passed on",
    "match_decision_undone": "{who} took the decision on the panel back",
    "match_decision_sent": "{who} passed the decision on the panel on at once",
    "match.cancelled": "The match was called off",
    "match.draw_recorded": "The record of the draw was published",
    "outreach.requested": "Publishers were told whom we still look for",
    "outreach.closed": "Publishers were told that nobody is looked for any more",
    "session.announced": "Session {of} was announced",
    "session.rescheduled": "Session {of} was moved",
    "session.unscheduled": "No time or place was found for session {of}",
    "session.cancelled": "Session {of} was cancelled",
    "match_approved": "{who} approved the panel",
    "match_sent_back": "{who} sent the panel back",
    "session_called_off": "{who} called session {of} off",
    "session_move_requested": "{who} asked for another time for session {of}",
    "session_needs_accepted": "{who} accepted that needs will not be met at session {of}",
    "session_support_changed": "{who} noted who can work at session {of}",
    "attendance_noted": "{who} noted who came to session {of}",
    "film_supplied": "{who} supplied a film in British Sign Language",
    "film_taken_back": "{who} took the film in British Sign Language back",
}
"""What is told each time."""

MESSAGES: Mapping[str, tuple[str, str]] = {
    "sent": ("on its way", "on their way"),
    "delivered": ("arrived", "arrived"),
    "failed": ("failed", "failed"),
    "queued": ("waiting to go", "waiting to go"),
    "to_call": ("call to make", "calls to make"),
    "made": ("call made", "calls made"),
}
"""Where messages stand, as counted."""


def happened(each: Happening) -> str:
    """Say what happened; what has no words of its own is said by its name."""
    form = _form(each)
    if form is None:
        name = each.kind.replace(".", " ").replace("_", " ")
        form = f"{{who}}: {name}" if each.who else name.capitalize()
    of = each.of[0] if each.of else ""
    said = form.format(count=each.count, who=each.who, of=of)
    is_counted = each.count == 1 or each.kind in ONCE_OR_MORE
    return said if is_counted else f"{said} ({each.count} times)"


def _form(each: Happening) -> str | None:
    if counted := ONCE_OR_MORE.get(each.kind):
        return counted[each.count > 1]
    return SAID.get(each.kind)


def stand(count: int, status: str) -> str:
    """Say how many messages stand where."""
    one, more = MESSAGES.get(status, (status, status))
    return f"{count} {one if count == 1 else more}"
