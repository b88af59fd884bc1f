"""Staff and participants at work in the whole system, in a real browser."""
