"""What people stay away from: the words lie sealed with who they are, and only digests go out.

What lies in words from before that, and digests by another key, are replaced by themselves, and
told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

import structlog

from services.intake.domain.consents import FREE_TEXT, Ledger
from services.intake.domain.people import ACTIVE, ERASED, Participant, StaysAwayFrom
from services.intake.ports import Desk
from services.intake.use_cases.ledgers import ledger_of
from services.intake.use_cases.states import (
    card_digest,
    kept_sealed,
    person_event,
    told_sealed,
    words_avoided,
)
from shared.changes import NOTHING, Changes
from shared.committer import Commits
from shared.contracts.participants import ContactCard, ParticipantUpdated
from shared.errors import AppError, MalformedError

log = structlog.get_logger()

AT_ONCE = 100
SECONDS = 3600.0
AGAIN_SECONDS = 5.0


async def with_words(person: Participant, more: StaysAwayFrom, desk: Desk) -> Participant:
    """Return the person with these words in their card too; as they are where it cannot be read."""
    card = await _opened(person, desk)
    return person if card is None else await _sealed(person, card, more, desk)


async def keep_out_of_words(desk: Desk, commits: Commits) -> None:
    """Replace what is of before at the start, and look again later; soon where that failed."""
    while True:
        pause = SECONDS
        try:
            await _replace_all(desk, commits)
        except AppError as error:
            log.warning("exclusions_not_replaced", error_type=type(error).__name__)
            pause = AGAIN_SECONDS
        await asyncio.sleep(pause)


async def _replace_all(desk: Desk, commits: Commits) -> None:
    after = ""
    while people := await desk.participants.of_before(after, AT_ONCE):
        ids = [each.id for each in people]
        await commits.commit(f"intake:{desk.facts.new_id()}", partial(replaced, ids, desk))
        after = ids[-1]


async def replaced(people: Sequence[str], desk: Desk) -> Changes:
    """Seal what lies in words of these people, make their digests anew, and tell them."""
    found = await asyncio.gather(*map(desk.participants.get, people))
    done = await asyncio.gather(*(_replaced(each, desk) for each in found if each))
    return sum(done, NOTHING)


async def _replaced(person: Participant, desk: Desk) -> Changes:
    after = person if person.status == ERASED else await _of_now(person, desk)
    kept, ledger = Changes((desk.participants.keep(after),)), await ledger_of(after, desk)
    if not _is_news(person, after, ledger):
        return kept
    event = ParticipantUpdated(**person_event(after, desk.facts.started(after.hub), ledger))
    return kept + Changes(events=(event,))


def _is_news(before: Participant, after: Participant, ledger: Ledger) -> bool:
    """Whether others may know the person in words, or by other digests."""
    avoids = bool(before.profile.avoids or after.profile.avoids) and after.status == ACTIVE
    versions = [each.version for each in after.profile.consents.values()]
    versions += [each.text for each in ledger.lines]
    was_text = any(version.startswith(FREE_TEXT) for version in versions)
    return after.status != ERASED and (avoids or was_text)


async def _of_now(person: Participant, desk: Desk) -> Participant:
    """Return the person by digests alone; where the card cannot be read, by those there are."""
    card = await _opened(person, desk)
    of_before = person.profile.of_before
    after = replace(person, profile=replace(person.profile, of_before=StaysAwayFrom()))
    if card is None:
        return after
    after = await _sealed(after, card, of_before, desk)
    words = _words(card).and_from(of_before)
    digests = desk.exclusions.digests(partners=words.partners, sites=words.sites)
    return replace(after, profile=replace(after.profile, avoids=digests))


async def _opened(person: Participant, desk: Desk) -> ContactCard | None:
    if person.sealed is None:
        return None
    try:
        return await desk.keys.open(told_sealed(person.id, person.sealed))
    except MalformedError:
        log.warning("card_unreadable", participant_id=person.id)
        return None


async def _sealed(
    person: Participant, card: ContactCard, more: StaysAwayFrom, desk: Desk
) -> Participant:
    words = words_avoided(_words(card).and_from(more))
    if words == card.stays_away_from:
        return person
    anew = card.model_copy(update={"stays_away_from": words})
    sealed = await desk.keys.seal(UUID(person.id), anew)
    return replace(
        person,
        sealed=kept_sealed(sealed),
        card=card_digest(anew, person.hub, desk.cipher),
    )


def _words(card: ContactCard) -> StaysAwayFrom:
    known = card.stays_away_from
    return StaysAwayFrom(known.partners, known.sites) if known else StaysAwayFrom()
