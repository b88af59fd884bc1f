"""Staff call a session off."""

from dataclasses import replace

from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import resettle
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import SessionCancelRequested
from shared.errors import NotFoundError
from shared.facts import Facts


async def call_off(event: SessionCancelRequested, diary: Diary, facts: Facts) -> Changes:
    """Note that one session is not to take place; settling frees and tells what hung on it.

    What has begun, or has no time, is left as it is. Raises NotFoundError.
    """
    session = await diary.sessions.get(str(event.data.session_id))
    if session is None:
        raise NotFoundError("a session that was never announced")
    if session.called_off or not session.announced or session.begun(facts.now()):
        return NOTHING
    asked = resettle(session.engagement_id, facts, caused_by=event)
    return Changes((diary.sessions.keep(replace(session, called_off=True)), asked))
