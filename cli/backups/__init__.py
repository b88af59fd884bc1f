"""`wlc backup` and `wlc restore`: the whole system at one moment, encrypted."""
