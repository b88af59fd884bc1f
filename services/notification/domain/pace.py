"""How much, how soon and at what hours is told: the rules that an operator sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.notification.domain.contact_times import QuietHours
from services.notification.domain.messages import GATHERED, Message, Status
from services.notification.domain.people import Channel

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
SHORTEST_PATIENCE = timedelta(hours=1)
LOOKS = (
    (timedelta(minutes=10), timedelta(seconds=30)),
    (timedelta(hours=2), timedelta(minutes=10)),
    (DAY, timedelta(hours=1)),
)
"""How often a receipt is looked for: up to an age, each so long after the look before."""
LATER_LOOKS = timedelta(hours=6)
COMES_BACK_WITHIN = timedelta(days=14)
"""How long after it was handed over a letter that was posted is asked for: it may come back."""
RECEIPT_WITHIN = {Channel.SMS: DAY, Channel.LETTER: timedelta(days=4)}
"""After how long without a receipt a message did not reach the person. A letter that no printer
took within two working days and a weekend is not read in time either."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The rules of a whole installation; `digests` has the time of day at which a hub wants its.

    A change waits `gather` for further ones, at most `gather_at_most` from the first of them.
    A letter is read `letter_takes` after it is handed over.
    """

    quiet: QuietHours | None = None
    gather: timedelta = timedelta()
    gather_at_most: timedelta = timedelta(minutes=15)
    letter_takes: timedelta = timedelta(days=4)
    per_person_a_day: int = 10
    per_hub_an_hour: int = 20_000
    digests: Mapping[str, time] = field(default_factory=dict)

    def moment(self, message: Message) -> datetime:
        """Return when a message is to be sent."""
        if message.kind not in GATHERED:
            return message.at
        latest = (message.since or message.at) + self.gather_at_most
        return min(message.at + self.gather, latest)

    def next_digest(self, hub: str, now: datetime) -> datetime | None:
        """Return when the staff of a hub get their digest next; None for a hub without one."""
        at = self.digests.get(hub)
        if at is None:
            return None
        today = datetime.combine(now.astimezone(LONDON).date(), at, LONDON)
        wanted = today if today > now else today + DAY
        return wanted.astimezone(now.tzinfo)


def patience(message: Message, by: datetime | None) -> datetime:
    """Return until when a provider that takes nothing is waited for: then another channel is tried.

    A quarter of the time that is left when it begins to wait, an hour at least and a day at most.
    """
    begins = message.tried_since or message.at
    left = (by - begins) / 4 if by else DAY
    return begins + min(max(left, SHORTEST_PATIENCE), DAY)


def next_look(message: Message, now: datetime) -> datetime | None:
    """Return when to look for the receipt again; None when it is not waited for any longer."""
    age = now - (message.handed_at or message.at)
    is_settled = message.status is not Status.SENT
    if age >= (COMES_BACK_WITHIN if is_settled else RECEIPT_WITHIN[message.channel]):
        return None
    return now + next((pause for up_to, pause in LOOKS if age < up_to), LATER_LOOKS)
