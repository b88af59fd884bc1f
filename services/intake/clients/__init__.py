"""What intake reads and keeps outside its database: directories, publishers, its own keys."""
