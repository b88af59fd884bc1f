"""Notification: tells participants and staff what concerns them, each thing once.

Owns the contact book (sealed), its view of invitations, matches and sessions, and the messages.
Consumes `participant.*`, `invitation.*`, `match.*` and `session.*`; publishes `notification.*`.
"""
