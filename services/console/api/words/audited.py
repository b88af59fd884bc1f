"""What members of staff and operators did, in words, and where what they did it to is shown."""

from collections.abc import Mapping

AUDITED: Mapping[str, str] = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "sign_in_refused": "Was refused at sign-in",
    "signed_out_elsewhere": "Signed out everywhere else",
    "sign_in_lock_lifted": "Let somebody try again to sign in",
    "one_time_codes_set_up": "Set one-time codes up",
    "one_time_codes_switched_off": "Switched one-time codes off",
    "one_time_codes_taken_off": "Took one-time codes off an account",
    "match_approved": "Approved a panel",
    "match_approved_automatically": "Approved a panel, as the partner asked",
    "match_sent_back": "Sent a panel back",
    "match_decision_undone": "Took a decision back before it was told",
    "match_decision_sent": "Had a decision told at once",
    "what_if_asked": "Asked how a draw would be without somebody",
    "person_put_on_panel": "Put somebody on a panel",
    "person_left_out": "Left somebody out of a draw",
    "person_asked_again": "Put somebody back in a draw",
    "looked_at_person": "Saw who somebody is",
    "looked_for_person": "Looked for somebody by a reference",
    "erasure_ordered": "Had somebody forgotten for good",
    "answer_taken_by_phone": "Took an answer by phone",
    "needs_taken_by_phone": "Took needs by phone",
    "details_taken_by_phone": "Corrected details by phone",
    "call_made": "Made a call",
    "call_tried": "Rang, and nobody picked up",
    "preview_asked": "Looked at a message",
    "attendance_noted": "Noted who came",
    "film_supplied": "Supplied a film",
    "film_taken_back": "Took a film back",
    "session_called_off": "Called a session off",
    "session_move_requested": "Asked for another time",
    "session_needs_accepted": "Accepted that a need is not met",
    "session_support_changed": "Noted who can work at a session",
    "calendar_link_made": "Made a link to a calendar",
    "calendar_link_revoked": "Revoked a link to a calendar",
    "exported": "Took figures away as a file",
    "dead_letter_read": "Read a message that could not be handled",
    "dead_letter_replayed": "Put a message back that could not be handled",
    "dead_letter_dropped": "Deleted a message that could not be handled",
    "failed_work_retried": "Had work done again that was given up",
    "traces_cleaned": "Cleaned dead letters and RabbitMQ's files after somebody was forgotten",
    "backup_made": "Made a back-up",
    "restored": "Restored a back-up",
    "access_request_noted": "Noted that a person asks what is held on them",
    "access_request_answered": "Noted that a person has a copy of what is held on them",
    "subject_access_made": "Made a copy of all that is held on a person",
    "master_key_changed": "Changed the master key",
    "person_key_changed": "Gave somebody's details a new key",
    "publisher_added": "Let another system submit",
    "publisher_changed": "Changed what another system may submit",
    "publisher_key_made": "Gave another system a new key",
    "publisher_key_revoked": "Took a key from another system",
    "audit_exported": "Took the audit trail away as a file",
    "audit_ended": "Ended what the audit trail has kept for its time",
}
"""Everything that is written down, by its name in the trail."""

SHOWN_AT: Mapping[str, str] = {
    "match_approved": "/matches",
    "match_sent_back": "/matches",
    "match_approved_automatically": "/matches",
    "match_decision_undone": "/matches",
    "match_decision_sent": "/matches",
    "person_put_on_panel": "/matches",
    "person_left_out": "/matches",
    "person_asked_again": "/matches",
    "what_if_asked": "/matches",
    "attendance_noted": "/sessions",
    "call_tried": "/calls",
    "call_made": "/calls",
    "film_supplied": "/engagements",
    "film_taken_back": "/engagements",
    "session_called_off": "/sessions",
    "session_move_requested": "/sessions",
    "session_needs_accepted": "/sessions",
    "session_support_changed": "/sessions",
}
"""Under which address the object of it is shown."""


def audited(what: str) -> str:
    """Say what somebody did."""
    return AUDITED.get(what, what.replace("_", " ").capitalize())


def shown_at(about: str, what: str) -> str:
    """Return the address of what it was done to; nothing where there is none."""
    return f"{SHOWN_AT[what]}/{about}" if what in SHOWN_AT else ""
