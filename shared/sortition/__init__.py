"""Sortition: a fair panel drawn by lot from a pool, within quotas; pure rules, no I/O."""
