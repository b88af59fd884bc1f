"""The pictures of fairness.md, and what they were drawn from."""
