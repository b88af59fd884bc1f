"""What is told of the world outside: whom matching looks for, and what intake refused."""

from datetime import UTC

from services.console.ports import Kept, OutreachView, Refusal
from services.console.use_cases.envelope import told_by
from shared.changes import NOTHING, Changes
from shared.contracts.outreach import OutreachClosed, OutreachRequested
from shared.contracts.submissions import SubmissionAccepted, SubmissionRejected

AnyOutreach = OutreachRequested | OutreachClosed
AnyAnswer = SubmissionAccepted | SubmissionRejected


async def know_outreach(event: AnyOutreach, known: Kept[OutreachView]) -> Changes:
    """Keep whom matching looks for; a request that is closed stays, and looks for nobody."""
    outreach_id = str(event.data.outreach_id)
    stored = await known.get(outreach_id)
    if event.is_old(stored):
        return NOTHING
    view = OutreachView(id=outreach_id, state=event.data, **told_by(event, stored))
    return Changes((known.keep(view),))


async def know_answer(event: AnyAnswer, known: Kept[Refusal]) -> Changes:
    """Keep that a submission was refused, or was corrected; one that was good at once is not."""
    stored = await known.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    corrected = isinstance(event, SubmissionAccepted)
    if corrected and stored is None and event.sequence == 1:
        return NOTHING
    refusal = Refusal(
        id=event.subject,
        hub=event.hub,
        publisher=event.data.publisher,
        at=event.time.astimezone(UTC),
        sequence=event.sequence,
        corrected=corrected,
        version=stored.version if stored else 0,
    )
    return Changes((known.keep(refusal),))
