"""Pages for participants, by the link in their message."""
