"""The peer that draws are compared with, in an environment of its own, never imported here."""
