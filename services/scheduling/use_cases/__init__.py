"""Scheduling's verbs: each reads, decides, and returns what is to change."""
