"""Scheduling: sets sessions up, invites people, fills their places when they cannot come.

Owns sessions, venues' bookings, invitations, reminders due, and its own projection of people and
engagements. Consumes `match.approved`, `participant.*`, `engagement.*`, `reply.*`; publishes
`session.*` and `invitation.*`.
"""
