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
    told whatever was told before. The limit of a hub holds back everything, and loses nothing; what
    is in hand may pass it.
    """
    now = post.facts.now()
    if await _is_hub_full(letter.message.hub, now, post):
        return now + WAIT
    is_near = by is not None and by < now + NEAR
    if not is_near and (later := await _room_for_person(letter, now, post)):
        return later
    post.let_through.note(letter, now)
    return None


async def _room_for_person(letter: Letter, now: datetime, post: Post) -> datetime | None:
    """Return when a person may get one more; what is only in hand may yet not reach them."""
    since = (now - DAY).replace(second=0, microsecond=0)
    known = await post.records.messages.sent_to(letter.participant.id, since)
    stored = {key: at for key, at in known.items() if at > now - DAY}
    in_hand = post.let_through.to_person(letter.participant.id, now)
    others = {*stored, *in_hand} - {letter.message.id}
    if len(others) < post.pace.per_person_a_day:
        return None
    is_full = len(stored) >= post.pace.per_person_a_day
    return min(stored.values()) + DAY if is_full else now + WAIT


async def _is_hub_full(hub: str, now: datetime, post: Post) -> bool:
    most = post.pace.per_hub_an_hour
    return await post.records.messages.how_many_sent(hub, now - HOUR, most) >= most
