"""How much one person, and one hub in all, is written in a while; a protection, not a plan."""

from datetime import datetime, timedelta

from services.notification.domain import Letter
from services.notification.use_cases.post import Post

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WAIT = timedelta(minutes=5)
NEAR = timedelta(days=2)
COUNTED_WITHIN = timedelta(seconds=2)
"""Longer than a count of what a hub sent is kept, and the commit after it."""


async def next_room(letter: Letter, by: datetime | None, post: Post) -> datetime | None:
    """Return when there is room for a message, None when it is to be sent now.

    What is of no use in two days is not held back for the sake of quiet: a room that has changed is
    told whatever was told before. The limit of a hub holds back everything, and loses nothing.
    """
    now = post.facts.now()
    if await _is_hub_full(letter.message.hub, now, post):
        return now + WAIT
    is_near = by is not None and by < now + NEAR
    since = (now - DAY).replace(second=0, microsecond=0)
    stored = {} if is_near else await post.records.messages.sent_to(letter.participant.id, since)
    let_through = {} if is_near else post.let_through.to_person(letter.participant.id, now)
    lately = {**let_through, **stored}
    lately.pop(letter.message.id, None)
    times = [at for at in lately.values() if at > now - DAY]
    if len(times) >= post.pace.per_person_a_day:
        return min(times) + DAY
    post.let_through.note(letter, now)
    return None


async def _is_hub_full(hub: str, now: datetime, post: Post) -> bool:
    """Tell whether a hub has sent what it may; the count is a second old, at most."""
    most = post.pace.per_hub_an_hour
    stored = await post.records.messages.how_many_sent(hub, now - HOUR, most)
    return stored + post.let_through.of_hub(hub, now - COUNTED_WITHIN) >= most
