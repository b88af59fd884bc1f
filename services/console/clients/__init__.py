"""Other systems that the console asks: the OpenID provider of staff, the broker for its counts."""
