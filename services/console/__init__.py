"""Console: what staff see and decide, and where participants answer.

Owns: read models of matches, sessions, invitations, engagements, messages, people and the trace of
all events; whom invitations reached; previews and films; staff accounts and who is signed in; the
audit trail. Consumes: every event. Publishes: match.approved, match.sent_back, reply.accepted,
reply.declined, reply.left, reply.availability_given, preview.requested, film.supplied.
"""
