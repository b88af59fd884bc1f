"""How the generated documents are made: one module a kind."""
