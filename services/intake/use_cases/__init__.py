"""What intake does: receive, correct, withdraw, forget."""
