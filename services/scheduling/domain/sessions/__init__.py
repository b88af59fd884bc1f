"""The sessions of an engagement: what stands of them, and whether enough people come."""
