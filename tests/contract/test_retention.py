"""Every collection has a period, which ends what intake and notification store and nothing else."""

from collections.abc import Iterable

import pytest

from deploy.accounts import SERVICES
from services.intake import retention as of_intake
from services.intake import store as intake_store
from services.intake.clients.ciphers import KeyedCipher
from services.intake.domain.engagements import Attendance, Engagement, Feedback
from services.intake.domain.people import ACTIVE, ERASED, LEFT, Participant
from services.intake.domain.submissions import ACCEPTED, Submission
from services.notification.domain import Kind
from services.notification.domain import Status as Stands
from services.notification.store import MongoRecords
from shared.changes import Changes, Due
from shared.contracts.engagements import EngagementPublished
from shared.mongo import Database
from tests.builders import notification as notification_builders
from tests.builders.decided import ADDED, CHANGED, PAUSES
from tests.builders.events import an_event
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.retention import AGES, ago, all_ended, an_old_run, kept_in, left_in
from tests.builders.sweeping import NOW, periods_of, swept

CIPHER = KeyedCipher(b"f" * 32, b"q" * 32)


@pytest.mark.parametrize("service", SERVICES)
def test_every_collection_has_a_period_or_a_reason_why_no_time_ends_it(service: str) -> None:
    periods = periods_of(service)

    assert periods.keys() == CHANGED[service] | ADDED.get(service, set()) | {PAUSES}
    for kept in periods.values():
        assert bool(kept.setting) == ("{}" in kept.says)
        assert kept.setting or not (kept.since or kept.engagement)


@pytest.mark.parametrize("service", SERVICES)
def test_what_may_only_be_added_is_ended_by_no_service(service: str) -> None:
    assert not any(periods_of(service)[name].setting for name in ADDED.get(service, ()))


async def test_intake_forgets_who_left_long_ago_and_drops_what_is_old(database: Database) -> None:
    people = intake_store.MongoParticipants(database, EXCLUSIONS, CIPHER)
    await an_old_run(database)
    asked: list[str] = []

    async def ask(ids: Iterable[str]) -> Changes:
        asked.extend(ids)
        return Changes(tuple(Due(of_intake.LEAVERS, each, NOW) for each in ids))

    statuses = {LEFT: ago, ACTIVE: lambda _: None, ERASED: lambda _: None}
    for age in AGES:
        window = {"from": ago(age).date(), "to": ago(age).date()}
        published = an_event(EngagementPublished, data={"window": window})
        await kept_in(
            database,
            *(
                people.keep(Participant(f"{age} {status}", "h", (), status, left_at=left(age)))
                for status, left in statuses.items()
            ),
            intake_store.MongoEngagements(database).keep(
                Engagement(age, "h", "p", "r", published.data.model_dump(mode="json"))
            ),
            intake_store.MongoAttendances(database).keep(Attendance(age, "h", age)),
            intake_store.MongoFeedbacks(database).keep(
                Feedback(age, "h", age, None, "involve", ago(age))
            ),
            intake_store.MongoSubmissions(database).keep(
                Submission(age, "p", "e", "t", "h", "d", ACCEPTED, ago(age))
            ),
        )

    ended = await swept(database, "intake", {"participants": ask})
    again = await swept(database, "intake", {"participants": ask})

    assert ended.keys() == all_ended("intake")
    assert set(ended.values()) == {1}
    assert again == {"participants": 1}
    assert asked == [f"old {LEFT}"] * 2
    left = await left_in(database, "intake")
    assert len(left.pop("participants")) == 3 * len(AGES)
    assert left == {name: {"new"} for name in left}


async def test_notification_drops_old_invitations_and_messages_that_do_not_wait(
    database: Database,
) -> None:
    records = MongoRecords(database)
    await an_old_run(database)
    for age in AGES:
        session = notification_builders.a_session(ago(age))
        await kept_in(
            database,
            records.invitations.keep(
                notification_builders.an_invitation(id=age, answer_by=ago(age), sessions=(session,))
            ),
            *(
                records.messages.keep(
                    notification_builders.a_message(
                        Kind.INVITATION, id=f"{age} {status}", at=ago(age), status=status
                    )
                )
                for status in (Stands.SENT, Stands.QUEUED)
            ),
        )
    series = (
        notification_builders.a_session(ago("old")),
        notification_builders.a_session(ago("new")),
    )
    await kept_in(
        database,
        records.invitations.keep(
            notification_builders.an_invitation(id="series", answer_by=ago("old"), sessions=series)
        ),
    )

    ended = await swept(database, "notification", {})

    assert (ended.keys(), set(ended.values())) == (all_ended("notification"), {1})
    assert await left_in(database, "notification") == {
        "invitations": {"new", "series"},
        "messages": {"old queued", "new sent", "new queued"},
    }
    assert await swept(database, "notification", {}) == {}
