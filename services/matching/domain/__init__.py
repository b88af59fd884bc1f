"""Who may be asked, how a fair panel is drawn from them, and what is said of the result."""
