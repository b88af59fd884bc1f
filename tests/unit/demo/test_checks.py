"""The demo's checks find what is wrong."""

from dataclasses import replace

import pytest

from deploy.demo.checks import Picture, breaches
from deploy.demo.mailbox import Mail
from deploy.demo.seen import Health, Message, Session

SESSION = Session.model_validate(
    {
        "session_id": "s",
        "engagement_id": "e",
        "engagement_reference": "E-1",
        "title": "A crisis house",
        "status": "announced",
        "number": 1,
        "starts_at": "2026-12-08T10:00:00Z",
        "venue": {"name": "Hall"},
        "places": 2,
        "missing": 1,
        "reasons": [],
        "attendees": [{"participant_reference": "P", "invitation_id": "i", "answer": "accepted"}],
    }
)
TAKEN_BACK = {**SESSION.attendees[0].model_dump(), "answer": "cancelled"}
CANCELLED = Session.model_validate(
    {**SESSION.model_dump(), "status": "cancelled", "attendees": [TAKEN_BACK]}
)
INVITATION = Message(
    message_id="m",
    kind="invitation",
    participant_reference="P",
    channel="email",
    status="sent",
    engagement_id="e",
)
AGAIN = INVITATION.model_copy(update={"message_id": "n"})
BACK = AGAIN.model_copy(update={"kind": "cancelled"})
MAIL = Mail("m", "p@example.org", "http://localhost/i/t", frozenset({"REQUEST"}))
IDLE = Health(pid=1, ready=True, queue_depth=0, retrying=0, dead_letters=0, outbox=0)
RETRYING = IDLE.model_copy(update={"retrying": 1})
UNKNOWN = IDLE.model_copy(update={"outbox": None})
RIGHT = Picture(
    sessions=[SESSION],
    messages=[INVITATION],
    mails=[MAIL],
    repeats=0,
    dead_letters=0,
    status={"intake": IDLE},
    keep_off=frozenset(),
    cancelled=frozenset(),
    may_repeat=False,
)
OFF = RIGHT.cancelled | {"E-1"}


def test_finds_nothing_where_all_is_right() -> None:
    assert breaches(RIGHT) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(RIGHT, dead_letters=2), "2 messages are in dead-letter queues"),
        (replace(RIGHT, status={"intake": RETRYING}), "not at rest"),
        (replace(RIGHT, status={"intake": UNKNOWN}), "not at rest"),
        (replace(RIGHT, messages=[], mails=[]), "told 0 times"),
        (replace(RIGHT, messages=[INVITATION, AGAIN]), "told 2 times"),
        (replace(RIGHT, mails=[]), "1 messages were called sent and no e-mail came"),
        (replace(RIGHT, mails=[MAIL, MAIL]), "came 2 times"),
        (replace(RIGHT, mails=[MAIL, replace(MAIL, message_id="x")]), "no message is known"),
        (replace(RIGHT, repeats=1), "handed over more than once"),
        (replace(RIGHT, keep_off=frozenset({MAIL.to})), "told in another way"),
        (replace(RIGHT, sessions=[CANCELLED]), "is cancelled"),
        (replace(RIGHT, cancelled=OFF), "stands although its engagement was cancelled"),
        (replace(RIGHT, cancelled=OFF, sessions=[CANCELLED]), "nobody was told"),
        (
            replace(
                RIGHT,
                cancelled=OFF,
                sessions=[CANCELLED],
                messages=[INVITATION, BACK],
                mails=[MAIL, replace(MAIL, message_id="n")],
            ),
            "without a calendar entry that does",
        ),
        (
            replace(RIGHT, sessions=[SESSION.model_copy(update={"missing": 0})]),
            "do not make 2 places",
        ),
    ],
)
def test_finds_what_is_wrong(wrong: Picture, told: str) -> None:
    found = breaches(wrong)

    assert any(told in sentence for sentence in found), found
