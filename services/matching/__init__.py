"""Matching: fair panels of people for engagements.

Owns: candidates (its own projection of participants), matches, the opportunities people have had.
Hears: participant.*, engagement.*, invitation.*, session.*, and match.approved and match.sent_back
of staff.
Publishes: match.proposed, match.fell_short, match.cancelled, and match.approved where an
engagement asks for automatic approval.
"""
