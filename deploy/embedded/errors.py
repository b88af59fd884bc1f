"""The one error of the embedded servers."""


class EmbeddedError(Exception):
    """A private server cannot run; says in one sentence why, and what to do next."""
