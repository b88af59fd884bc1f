"""From an approved panel to sessions with everybody in them."""

from datetime import time
from uuid import uuid5

import pytest

from services.scheduling.domain.calendar import Hours
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
    SessionAnnounced,
    SessionUpdated,
)
from shared.errors import NotYetError
from tests.builders.scheduling import (
    ENGAGEMENT,
    NOW,
    a_hub,
    a_venue,
    approved,
    closed,
    days,
    engagement,
    erased,
    participant,
    reply,
    rules,
)
from tests.fakes.scheduling import Stage, names


async def test_an_approved_panel_gets_its_sessions_and_everybody_is_invited(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy", reserves=["dee"]))

    announced = stage.heard(SessionAnnounced)
    assert [each.data.number for each in announced] == [1, 2]
    assert {a.answer for each in announced for a in each.data.attendees} == {Answer.INVITED}
    issued = stage.heard(InvitationIssued)
    assert names(issued) == {"ada", "ben", "cy"}
    assert all(len(each.data.sessions) == 2 for each in issued)
    assert {each.correlationid for each in (*announced, *issued)} == {"trace"}


async def test_what_is_approved_before_the_engagement_is_known_waits_for_it() -> None:
    stage = Stage(rules(), NOW)
    with pytest.raises(NotYetError):
        await stage.hear(approved("ada"))
    await stage.diary.panels.get(str(ENGAGEMENT))

    stage.store.due.clear()
    await stage.hear(participant("ada"))
    await stage.hear(engagement())

    assert names(stage.heard(InvitationIssued)) == {"ada"}


async def test_an_acceptance_shows_in_the_sessions(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    assert names(stage.heard(InvitationAccepted)) == {"ada"}
    assert await stage.answers() == {"ada": Answer.ACCEPTED, "ben": Answer.INVITED}


async def test_a_topped_up_panel_invites_only_the_new_people(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    stage.forget_events()

    await stage.hear(approved("ben", "cy", "dee", at=2))

    assert names(stage.heard(InvitationIssued)) == {"dee"}
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_the_same_approval_twice_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    stage.forget_events()

    await stage.hear(approved("ada", "ben"))

    assert stage.store.events == []


async def test_an_erased_person_is_gone_from_everything_that_is_kept(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))

    await stage.hear(erased("ada"), erased("ben"))

    kept = [
        *await stage.diary.sessions.of_engagement(str(ENGAGEMENT)),
        await stage.diary.panels.get(str(ENGAGEMENT)),
        *await stage.diary.invitations.of_engagement(str(ENGAGEMENT)),
    ]
    assert not any("ref-ada" in repr(each) or "ref-ben" in repr(each) for each in kept)
    assert await stage.answers() == {"cy": Answer.INVITED}


async def test_two_engagements_never_get_one_room_at_one_time() -> None:
    evening = a_hub(a_venue(), hours={0: (Hours(time(18), time(20)),)})
    stage = Stage(rules(hub=evening), NOW)
    other = uuid5(ENGAGEMENT, "other")
    one_session = {"count": 1, "minutes": 90, "every_days": 7}
    await stage.hear(participant("ada"), participant("ben"))
    await stage.hear(
        engagement(sessions=one_session), engagement(engagement_id=other, sessions=one_session)
    )

    await stage.hear(approved("ada"))
    await stage.hear(approved("ben", engagement_id=other, match_id=uuid5(other, "match")))

    first, second = (each.data.starts_at for each in stage.heard(SessionAnnounced))
    assert abs(second - first) >= days(7)


async def test_every_aggregate_counts_its_events_up_from_one(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy", "dee"]))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    await stage.hear(reply(ReplyDeclined, stage.invited("ben")))
    await stage.hear(closed())

    sequences: dict[str, list[int]] = {}
    for event in stage.store.events:
        sequences.setdefault(event.subject, []).append(event.sequence)
    assert all(seen == list(range(1, len(seen) + 1)) for seen in sequences.values())
