"""`wlc subject-access`: a copy of all that is held on one person, for them to read."""
