"""All that is known of one engagement, and how everything of it should stand after that."""
