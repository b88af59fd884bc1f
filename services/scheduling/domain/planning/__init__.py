"""When and where each series of a hub can be held, with whose support, and which option it gets."""
