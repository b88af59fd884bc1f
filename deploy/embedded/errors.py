"""The one error of the embedded servers."""


class EmbeddedError(Exception):
    """A private server cannot run; the text is one sentence for the operator, with what to do next."""
