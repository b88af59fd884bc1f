"""An engagement, its panel, and how somebody came to a place on it."""
