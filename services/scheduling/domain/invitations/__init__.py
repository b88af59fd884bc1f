"""The offer of a place to one person: its answers, its reminders, and what follows on silence."""
