"""`wlc erase`: a person is forgotten for good, and it is shown that nothing of them is left."""
