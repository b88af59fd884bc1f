"""Every type of event is judged: whether it is about a person."""

from services.console.queries.about_people import ABOUT_PEOPLE, ABOUT_THEMSELVES
from shared.contracts import ALL_EVENTS

ABOUT_WORK = (
    "wlc.engagement.published.v1",
    "wlc.engagement.updated.v1",
    "wlc.engagement.closed.v1",
    "wlc.engagement.attendance_recorded.v1",
    "wlc.engagement.outcome_recorded.v1",
    "wlc.submission.accepted.v1",
    "wlc.submission.rejected.v1",
    "wlc.match.proposed.v1",
    "wlc.match.fell_short.v1",
    "wlc.match.cancelled.v1",
    "wlc.match.approved.v1",
    "wlc.match.sent_back.v1",
    "wlc.match.draw_announced.v1",
    "wlc.match.draw_recorded.v1",
    "wlc.match.chances_remembered.v1",
    "wlc.outreach.requested.v1",
    "wlc.outreach.closed.v1",
    "wlc.session.announced.v1",
    "wlc.session.updated.v1",
    "wlc.session.rescheduled.v1",
    "wlc.session.unscheduled.v1",
    "wlc.session.cancelled.v1",
    "wlc.session.move_requested.v1",
    "wlc.session.needs_accepted.v1",
    "wlc.session.support_changed.v1",
    "wlc.session.cancel_requested.v1",
    "wlc.session.attendance_noted.v1",
    "wlc.preview.requested.v1",
    "wlc.preview.rendered.v1",
    "wlc.film.supplied.v1",
)


def test_a_new_type_of_event_is_judged_to_be_about_a_person_or_about_work() -> None:
    not_about_people = {e.TYPE for e in ALL_EVENTS if not e.TYPE.startswith(ABOUT_PEOPLE)}

    assert not_about_people == set(ABOUT_WORK)


def test_every_event_that_names_one_person_is_about_a_person() -> None:
    naming_one = {
        event.TYPE
        for event in ALL_EVENTS
        if "participant_id" in event.model_fields["data"].annotation.model_fields  # type: ignore[union-attr]
    }

    assert naming_one
    assert all(each.startswith(ABOUT_PEOPLE) for each in naming_one)


def test_what_a_person_is_the_subject_of_is_about_a_person() -> None:
    of_themselves = {e.TYPE for e in ALL_EVENTS if e.TYPE.startswith(ABOUT_THEMSELVES)}

    assert all(each.startswith(ABOUT_PEOPLE) for each in of_themselves)
    assert not of_themselves & set(ABOUT_WORK)
