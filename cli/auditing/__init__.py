"""`wlc audit`: whether the audit trail stands as it was written, and taking it away as a file."""
