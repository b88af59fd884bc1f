"""Scheduling's nouns and rules: people's time, venues, panels, sessions, invitations."""
