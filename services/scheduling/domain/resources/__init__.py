"""Rooms and workers: which there are, what they are booked for, and when they cannot be had."""
