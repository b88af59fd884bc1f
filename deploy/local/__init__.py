"""A whole installation on this machine without a container engine, and who watches over it."""
