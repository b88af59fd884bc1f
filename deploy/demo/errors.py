"""What ends the demo early."""


class DemoError(Exception):
    """Something is not as it must be; the text is for people, and names nobody."""
