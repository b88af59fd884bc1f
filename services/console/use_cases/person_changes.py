"""Staff change a match for one person: put on the panel, left out, or put back in the draw."""

from dataclasses import dataclass
from uuid import UUID

from services.console.ports import ChangeView, Knowledge, MatchView, PersonView
from services.console.use_cases.audit import noted
from services.console.use_cases.decisions import MAY_CHANGE, Decision, seen_match
from services.console.use_cases.envelope import told_by
from services.console.use_cases.match_people import (
    HOLDS_A_PLACE,
    MatchPerson,
    people_of_match,
)
from shared.changes import NOTHING, Changes
from shared.contracts.matches import (
    ExclusionReason,
    MatchChange,
    MatchChangeRequested,
    PersonChange,
)
from shared.contracts.participants import ParticipantStatus
from shared.errors import RuleError
from shared.facts import Facts

AUDITED_AS = {
    PersonChange.PIN: "person_put_on_panel",
    PersonChange.EXCLUDE: "person_left_out",
    PersonChange.ASK_AGAIN: "person_asked_again",
}


class PersonFixedError(RuleError):
    """The person cannot be changed so: they hold a place, or left, or stand so already."""

    code = "person-fixed"


class NotPutOnPanelError(RuleError):
    """Whoever was named by a reference is not put on the panel; the kinds say why."""

    code = "person-not-put"


class UnknownPersonError(NotPutOnPanelError):
    """Nobody of the match's hub has the reference."""

    code = "person-unknown"


class AmbiguousReferenceError(NotPutOnPanelError):
    """Publishers other than the engagement's gave the reference to several people."""

    code = "person-ambiguous"


class PersonLeftError(NotPutOnPanelError):
    """The person does not take part any more."""

    code = "person-left"


class PersonHoldsPlaceError(NotPutOnPanelError):
    """The person was invited to this engagement, and has not said no."""

    code = "person-holds-place"


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
    person = (await people_of_match(match, known)).find(wanted.person_id)
    return _changed(asked, wanted, (match, person), known, facts)


async def put_on_panel(asked: Decision, reference: str, known: Knowledge, facts: Facts) -> Changes:
    """Put a person on the panel whom the match need not name, by a reference of theirs.

    Raises what change_person raises, and NotPutOnPanelError.
    """
    match = await seen_match(asked, known, MAY_CHANGE)
    meant = await _known_as(reference.strip(), match, known)
    who = UUID(meant.id)
    people = await people_of_match(match, known, beside=(who,))
    person = people.everybody[who]
    if meant.status is ParticipantStatus.LEFT:
        raise PersonLeftError("this person left")
    if person.answer in HOLDS_A_PLACE:
        raise PersonHoldsPlaceError("this person holds a place")
    wanted = Wanted(person_id=person.id, change=PersonChange.PIN)
    return _changed(asked, wanted, (match, person), known, facts)


async def _known_as(reference: str, match: MatchView, known: Knowledge) -> PersonView:
    """Return whom the engagement's publisher calls so, or else the only one who is called so."""
    engagement = await known.engagements.get(str(match.state.engagement_id))
    publisher = engagement.state.publisher if engagement else None
    found = await known.people.known_as(reference, match.hub) if reference else []
    own = [
        person
        for person in found
        if any(
            (publisher, reference) == (each.publisher, each.reference) for each in person.references
        )
    ]
    if not found:
        raise UnknownPersonError("nobody here has this reference")
    if len(own or found) > 1:
        raise AmbiguousReferenceError("several people here have this reference")
    return (own or found)[0]


def _changed(
    asked: Decision,
    wanted: Wanted,
    about: tuple[MatchView, MatchPerson],
    known: Knowledge,
    facts: Facts,
) -> Changes:
    match, person = about
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
    return kept + noted(
        known.audit,
        facts,
        who=asked.by,
        what=AUDITED_AS[wanted.change],
        about=f"{match.id} {person.participant_id}",
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
