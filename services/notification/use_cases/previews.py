"""Writing what staff want to see before it is sent."""

import asyncio

from services.notification.domain import About
from services.notification.ports import Records
from services.notification.use_cases.post import Post
from shared.changes import Changes
from shared.contracts.previews import PreviewRendered, PreviewRequest, PreviewRequested


async def write_preview(event: PreviewRequested, post: Post) -> Changes:
    """Write a message as it would be written now; nobody is told anything."""
    wanted = event.data
    about = await _about(wanted, event.hub, post.records)
    written = await asyncio.to_thread(post.previews.preview, wanted, event.hub, about)
    header = post.facts.caused_by(event)
    return Changes(
        (), (PreviewRendered(**header, subject=event.subject, sequence=1, data=written),)
    )


async def _about(wanted: PreviewRequest, hub: str, records: Records) -> About:
    """Return what it is about; what belongs to another hub is not found."""
    found: About = None
    if wanted.invitation_id:
        found = await records.invitations.get(str(wanted.invitation_id))
    elif wanted.session_id:
        found = await records.sessions.get(str(wanted.session_id))
    elif wanted.match_id:
        found = await records.matches.get(str(wanted.match_id))
    return found if found and found.hub == hub else None
