"""How staff sign in, and where their accounts come from."""
