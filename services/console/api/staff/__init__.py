"""Pages for staff who are signed in."""
