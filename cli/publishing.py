"""`wlc publish`: CloudEvents of other systems, as those would send them."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.amqp_door import AmqpDoor
from cli.doors import Door
from cli.events_file import read_events
from cli.http_door import HttpDoor
from cli.outcomes import Report
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.sending import Doors, send
from cli.terminal import JsonLinesOption, progress


class Via(StrEnum):
    """Which door."""

    HTTP = "http"
    AMQP = "amqp"


FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="The file; - reads stdin.")]
PublisherOption = Annotated[
    str | None,
    typer.Option(help="Whose key to use, in place of the publisher named by each `source`."),
]
ViaOption = Annotated[Via, typer.Option(help="The door to send through.")]
WaitOption = Annotated[
    float, typer.Option(min=0, help="Seconds without an answer before giving up (amqp).")
]


def publish(
    file: FileArgument,
    *,
    publisher: PublisherOption = None,
    via: ViaOption = Via.HTTP,
    wait: WaitOption = 30.0,
    as_json: JsonLinesOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Publish a file of CloudEvents: JSON Lines, one JSON array, or one event.

    Says of each event whether it was accepted, and of a rejected one every fault.
    The same file twice changes nothing. Ends with 1 if any was rejected.

    Examples: `wlc publish people.jsonl` · `wlc publish - --via amqp < event.json`
    """
    events = read_events(file)
    places = Places(data)
    doors = Doors(lambda source: _door(places, publisher, source, via, wait))
    report = Report(as_json=as_json)
    with progress("publishing", len(events)) as bar:
        for outcomes in send(events, doors):
            report.add(outcomes)
            bar.advance(bar.task_ids[0], len(outcomes))
    raise typer.Exit(report.close())


def _door(places: Places, publisher: str | None, source: str, via: Via, wait: float) -> Door:
    access = places.publisher(publisher, source)
    if via is Via.HTTP:
        return HttpDoor(places.intake_url(), access)
    can_ask = bool(access.key) and places.knows_intake()
    second = HttpDoor(places.intake_url(), access) if can_ask else None
    return AmqpDoor(access, wait_seconds=wait, second=second)
