"""`wlc doctor` on real servers with real faults."""
