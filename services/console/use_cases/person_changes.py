"""Staff change a match for one person: put on the panel, left out, or asked again."""

from dataclasses import dataclass

from services.console.ports import ChangeView, Knowledge, MatchView
from services.console.use_cases.audit import noted
from services.console.use_cases.decisions import MAY_CHANGE, Decision, seen_match
from services.console.use_cases.envelope import told_by
from services.console.use_cases.match_people import MatchPerson, people_of_match
from shared.changes import NOTHING, Changes
from shared.contracts.matches import (
    ExclusionReason,
    MatchChange,
    MatchChangeRequested,
    PersonChange,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

AUDITED_AS = {
    PersonChange.PIN: "person_put_on_panel",
    PersonChange.EXCLUDE: "person_left_out",
    PersonChange.ASK_AGAIN: "person_asked_again",
}


class PersonFixedError(RuleError):
    """The person cannot be changed so: they hold a place, or left, or stand so already."""

    code = "person-fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What staff want of a person of the match; a reason is given when they are left out."""

    person_id: str
    change: PersonChange
    reason: ExclusionReason | None = None


async def change_person(asked: Decision, wanted: Wanted, known: Knowledge, facts: Facts) -> Changes:
    """Have the match drawn again by what is wanted; the same once more changes nothing.

    The match is written as it was read, so that an approval at the same moment makes a conflict.
    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError, PersonFixedError.
    """
    match = await seen_match(asked, known, MAY_CHANGE)
    person = (await people_of_match(match, known)).by_id.get(wanted.person_id)
    if person is None:
        raise NotFoundError("nobody of this match")
    change = _change(asked, wanted, match, person)
    if person.change and _is_same(person.change.state, change):
        return NOTHING
    if wanted.change not in person.may:
        raise PersonFixedError("this cannot be changed for this person")
    event = MatchChangeRequested(
        **facts.started(
            match.hub, correlation_id=match.correlation_id, causation_id=match.event_id
        ),
        subject=person.id,
        sequence=person.change.sequence + 1 if person.change else 1,
        data=change,
    )
    view = ChangeView(id=person.id, state=change, **told_by(event, person.change))
    kept = Changes((known.matches.keep(match), known.changes.keep(view)), (event,))
    about = f"{match.id} {person.participant_id}"
    return kept + noted(
        known.audit,
        facts,
        who=asked.by,
        what=AUDITED_AS[wanted.change],
        about=about,
        hub=match.hub,
    )


def _change(asked: Decision, wanted: Wanted, match: MatchView, person: MatchPerson) -> MatchChange:
    return MatchChange(
        match_id=match.state.match_id,
        engagement_id=match.state.engagement_id,
        participant_id=person.participant_id,
        change=wanted.change,
        reason=wanted.reason,
        asked=person.asked,
        by=asked.by,
        match_sequence=match.sequence,
    )


def _is_same(stands: MatchChange, wanted: MatchChange) -> bool:
    same = "change", "reason", "asked"
    return all(getattr(stands, each) == getattr(wanted, each) for each in same)
