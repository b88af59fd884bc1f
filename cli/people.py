"""Who is called by a reference: the console says it, and writes down that somebody looked."""

from cli.audited import OF_UUID
from cli.console import ask_console
from cli.errors import REFUSED, CommandError
from cli.places import Places

NOBODY = (
    "nobody of your hubs is called by one of these references; who was forgotten before is named "
    "by the id."
)


class UnknownError(CommandError):
    """It cannot be told who is meant."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, REFUSED)


def id_named(places: Places, name: str, hub: str | None = None) -> str:
    """Return the id of a person, by that or by a publisher's reference. Raises UnknownError.

    No sentence says the reference again: it may end in a log.
    """
    if OF_UUID.fullmatch(name.lower()):
        return name.lower()
    answer = ask_console(places, "/v1/people", {"reference": name})
    found = [str(each["participant_id"]) for each in answer if hub in {None, each["hub"]}]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownError(NOBODY)
    raise UnknownError(f"a reference is of several people; name one by id: {', '.join(found)}.")
