"""The people of the panels: when and where each can come, and who of them can at one time."""
