"""What people stay away from is sealed in words, told by digests, and what lies otherwise ends."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from services.intake.domain.people import ERASED, LEFT, Participant, StaysAwayFrom
from services.intake.holdings import Opener
from services.intake.use_cases.key_rotation import ask_for_new_key, seal_under_new_key
from services.intake.use_cases.staying_away import keep_out_of_words, replaced
from shared.changes import Changes
from shared.contracts.participants import ContactCard, ParticipantUpdated
from shared.exclusions import ExclusionKey
from shared.outbox import envelope
from tests.builders.exclusions import EXCLUSIONS, digests
from tests.builders.intake import event, full_person, intake, person, send
from tests.fakes.intake import Intake

WORDS = StaysAwayFrom(("A trust",), ("Ward 3",))
SAID = {"partners": ["A trust"], "sites": ["Ward 3"]}
DIGESTS = digests(partners=WORDS.partners, sites=WORDS.sites)
OTHER = ExclusionKey(b"another key of exclusions, 32 b.")


def words_in(desk: Intake, who: str) -> StaysAwayFrom | None:
    """Read the card that is kept."""
    [found] = [each for each in desk.people if each.id == who]
    assert found.sealed
    card: ContactCard = desk.keys.cards[UUID(who)][int(found.sealed.nonce) - 1]
    known = card.stays_away_from
    return StaysAwayFrom(known.partners, known.sites) if known else None


async def known(desk: Intake, **exclusions: list[str]) -> Participant:
    await send(desk, event(full_person(exclusions=exclusions)))
    return desk.people[-1]


async def known_in_words(desk: Intake, *, words: StaysAwayFrom = WORDS, **of_it: str) -> str:
    """Somebody as they were kept before there were digests, read as the store reads them."""
    found = await known(desk)
    avoids = digests(partners=words.partners, sites=words.sites)
    profile = replace(found.profile, avoids=avoids, of_before=words)
    keep(desk, replace(found, profile=profile, **of_it))
    desk.store.events.clear()
    return found.id


def keep(desk: Intake, found: Participant) -> None:
    desk.store.commit(Changes((desk.desk.participants.keep(found),)))


async def replace_all(desk: Intake) -> None:
    ids = [each.id for each in desk.people]
    desk.store.commit(await replaced(ids, desk.desk))


async def test_the_words_are_in_the_card_and_nowhere_else() -> None:
    desk = intake()

    found = await known(desk, **SAID)

    assert words_in(desk, found.id) == WORDS
    assert found.profile.avoids == DIGESTS
    assert "Ward 3" not in repr(found)
    said = b"".join(envelope(each).body for each in desk.store.events)
    assert b"Ward 3" not in said
    assert DIGESTS[0].encode() in said


async def test_what_is_sent_again_every_night_changes_nothing() -> None:
    desk, stated = intake(), full_person(exclusions=SAID)
    await send(desk, event(stated))
    before = desk.people

    await send(desk, event(stated))

    assert desk.people == before
    assert desk.said().count("wlc.participant.contact_changed.v1") == 1


async def test_the_publisher_who_registered_the_person_replaces_the_words() -> None:
    desk, stated = intake(), full_person(exclusions=SAID)
    await send(desk, event(stated))

    await send(desk, event(stated | {"exclusions": {"sites": ["Ward 9"]}}))

    [found] = desk.people
    assert words_in(desk, found.id) == StaysAwayFrom((), ("Ward 9",))
    assert found.profile.avoids == digests(sites=("Ward 9",))


async def test_words_of_before_are_sealed_and_told_by_digests() -> None:
    desk = intake()
    who = await known_in_words(desk)

    await replace_all(desk)

    [found] = desk.people
    assert (found.profile.of_before, found.profile.avoids) == (StaysAwayFrom(), DIGESTS)
    assert words_in(desk, who) == WORDS
    [told] = desk.store.events
    assert isinstance(told, ParticipantUpdated)
    assert told.data.exclusions.digests == DIGESTS
    assert await desk.desk.participants.of_before("", 10) == []


async def test_words_of_before_stay_known_when_another_publisher_adds_to_them() -> None:
    desk, stated = intake(), full_person(exclusions={})
    await send(desk, event(stated))
    [found] = desk.people
    profile = replace(found.profile, avoids=DIGESTS, of_before=WORDS)
    keep(desk, replace(found, profile=profile))

    elsewhere = {"exclusions": {"sites": ["Ward 9", "ward 3"]}}
    await send(desk, event(stated | elsewhere), by="borough-of-brent")
    await replace_all(desk)

    [found] = desk.people
    assert set(found.profile.avoids) == {*DIGESTS, *digests(sites=("Ward 9",))}
    words = words_in(desk, found.id)
    assert words is not None
    assert {*words.partners, *words.sites} >= {"A trust", "Ward 3", "Ward 9"}


@pytest.mark.parametrize("status", [LEFT, ERASED])
async def test_of_who_has_gone_words_go_without_a_word_to_anybody(status: str) -> None:
    desk = intake()
    await known_in_words(desk, status=status)

    await replace_all(desk)

    [found] = desk.people
    assert desk.store.events == []
    if status == LEFT:
        assert found.profile.of_before == StaysAwayFrom()


async def test_with_another_key_everybody_who_stays_away_is_told_anew() -> None:
    desk = intake()
    desk.desk = replace(desk.desk, exclusions=OTHER)
    found = await known(desk, **SAID)
    await known(desk)
    desk.desk = replace(desk.desk, exclusions=EXCLUSIONS)
    desk.store.events.clear()

    ids = [each.id for each in await desk.desk.participants.of_before("", 10)]
    desk.store.commit(await replaced(ids, desk.desk))

    assert ids == [found.id]
    [told] = desk.store.events
    assert told.data.exclusions.digests == DIGESTS


async def test_what_could_not_be_replaced_is_replaced_soon_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.intake.use_cases.staying_away.AGAIN_SECONDS", 0.01)
    desk = intake()
    who = await known_in_words(desk)
    desk.commits.away = True

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        sweep = tasks.create_task(keep_out_of_words(desk.desk, desk.commits))
        await asyncio.sleep(0.03)
        assert desk.people[0].profile.of_before == WORDS
        desk.commits.away = False
        while desk.people[0].profile.of_before != StaysAwayFrom():
            await asyncio.sleep(0.01)
        sweep.cancel()

    assert words_in(desk, who) == WORDS


async def test_who_was_written_by_a_version_before_is_known_again_by_their_card() -> None:
    desk = intake()
    found = await known(desk, **SAID)
    keep(desk, replace(found, profile=replace(found.profile, avoids=())))

    await replace_all(desk)

    assert desk.people[0].profile.avoids == DIGESTS


async def test_who_stays_away_from_nothing_is_told_to_nobody() -> None:
    desk = intake()
    await known(desk)
    desk.store.events.clear()

    await replace_all(desk)

    assert desk.store.events == []


async def test_where_the_key_is_forgotten_the_digests_stay() -> None:
    desk = intake()
    who = await known_in_words(desk)
    await desk.desk.keys.forget(UUID(who))

    await replace_all(desk)

    [found] = desk.people
    assert (found.profile.of_before, found.profile.avoids) == (StaysAwayFrom(), DIGESTS)


async def test_the_person_reads_their_words_in_the_copy_of_what_is_held() -> None:
    desk = intake()
    found = await known(desk, **SAID)
    row = {"_id": found.id, "sealed": {"nonce": "1", "ciphertext": "sealed"}}

    opened = await Opener(desk.desk)("participants", row, UUID(found.id))

    assert opened["sealed"]["stays_away_from"] == SAID


async def test_the_words_are_kept_under_a_newer_key() -> None:
    desk = intake()
    found = await known(desk, **SAID)

    await ask_for_new_key(UUID(found.id), desk.desk)
    desk.store.commit(await seal_under_new_key(found.id, {"key": "2"}, desk.desk))

    assert words_in(desk, found.id) == WORDS


async def test_a_version_of_a_consent_that_is_free_text_is_known_by_a_digest_alone() -> None:
    desk = intake()
    given = {"version": "Ann said yes", "given_at": "2026-10-01T09:00:00Z", "how": "her kitchen"}

    received = await send(desk, event(person(consent={"involvement": given})))

    [found] = desk.people
    kept = found.profile.consents["involvement"]
    assert kept.version.startswith("text-")
    assert [each.text for each in await desk.desk.consents.about(found.id)] == [kept.version]
    assert kept.how == "other"
    assert "short tag" in received.submission.notes[0]
    assert b"Ann said" not in b"".join(envelope(each).body for each in desk.store.events)


@pytest.mark.parametrize("version", ["2026-01", "v1.2_b", "1", "A" * 40])
async def test_a_version_that_is_a_short_tag_is_kept_as_it_is(version: str) -> None:
    desk = intake()
    given = {"version": version, "given_at": "2026-10-01T09:00:00Z", "how": "web"}

    received = await send(desk, event(person(consent={"involvement": given})))

    assert not received.submission.notes
    assert desk.people[0].profile.consents["involvement"].version == version
