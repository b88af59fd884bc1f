"""What the console does: keep its read models, decide on matches, take answers, sign staff in."""
