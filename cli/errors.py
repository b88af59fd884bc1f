"""What a command ends with: exit codes, and the one error that carries a sentence for the user."""

from collections.abc import Callable

DONE = 0
REFUSED = 1
WRONG_USAGE = 2
UNREACHABLE = 3
INTERRUPTED = 130


class CommandError(Exception):
    """The command cannot go on; the sentence says why and what to do next."""

    def __init__(self, sentence: str, exit_code: int = WRONG_USAGE) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code


def in_lines(*sentences: str) -> str:
    """Return sentences one below the other, as they stand after the command's name."""
    return "\n     ".join(sentences)


def refuse_together(*steps: Callable[[], object]) -> None:
    """Try every step; raise one CommandError that says what each of them refuses."""
    refusals = []
    for step in steps:
        try:
            step()
        except CommandError as error:
            refusals.append(error)
    if refusals:
        said = in_lines(*(each.sentence for each in refusals))
        raise CommandError(said, refusals[0].exit_code)


class UnknownSourceError(CommandError):
    """No key is known here for the publisher that an event names as its source."""


def unreachable(what: str, variable: str) -> CommandError:
    """Say that a needed service is away."""
    sentence = (
        f"{what} cannot be reached; `wlc status` shows what runs, `wlc up` starts it, "
        f"and {variable} names another one."
    )
    return CommandError(sentence, UNREACHABLE)
