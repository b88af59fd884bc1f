"""How much one person, and one hub in all, is written in a while; a protection, not a plan."""

from datetime import datetime, timedelta

from services.notification.domain import Letter
from services.notification.use_cases.post import Post

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WAIT = timedelta(minutes=5)
NEAR = timedelta(days=2)


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
    lately = () if is_near else await post.records.messages.sent_to(letter.participant.id, since)
    lately = [at for at in lately if at > now - DAY]
    if len(lately) < post.pace.per_person_a_day:
        return None
    return min(lately) + DAY


async def _is_hub_full(hub: str, now: datetime, post: Post) -> bool:
    most = post.pace.per_hub_an_hour
    return await post.records.messages.how_many_sent(hub, now - HOUR, most) >= most
