"""No event tells who a person is, and of every text about one it is known what it is."""

import re
from typing import Any

from shared.contracts import ALL_EVENTS
from shared.contracts.base import Event
from shared.contracts.participants import ParticipantContactChanged
from tests.builders.events import sample_text
from tests.builders.published import each_event, the_schema

WHO_A_PERSON_IS = {
    "name",
    "display",
    "display_name",
    "address_as",
    "email",
    "phone",
    "mobile",
    "address",
    "postcode",
    "contacts",
    "date_of_birth",
    "born",
}

PLACES_NOT_PEOPLE = {"Venue", "Place"}
LOOKS_PERSONAL = re.compile(r"@|\b07\d{3} ?\d{6}\b|\+44|Hodan|\bAli\b|UB1 3HW")
TEXT_ABOUT_PEOPLE = {
    "Attendee.participant_reference": "a publisher's reference",
    "Chosen.features": "names of what quotas ask",
    "ConsentEntry.by": "a publisher's name",
    "ConsentEntry.purpose": "a tag",
    "ConsentEntry.version": "a short tag, or a digest",
    "ConsentGiven.version": "a short tag, or a digest",
    "ConsentWithdrawal.purpose": "a tag",
    "ContactPreference.time_zone": "a name of the IANA list",
    "DetailsGiven.needs": "codes",
    "DetailsGiven.needs_dropped": "codes",
    "Evenness.unanswered": "names of what quotas ask",
    "Exclusions.digests": "keyed digests",
    "FollowUpState.participant_reference": "a publisher's reference",
    "InvitationState.participant_reference": "a publisher's reference",
    "Language.code": "a code",
    "Member.features": "tags",
    "Member.participant_reference": "a publisher's reference",
    "Member.reasons": "our sentences, of codes and tags",
    "MessageState.participant_reference": "a publisher's reference",
    "NeedsState.needs": "codes",
    "ParticipantState.age_band": "one of five",
    "ParticipantState.borough": "a name of the directory",
    "ParticipantState.interests": "tags",
    "ParticipantState.lived_experience": "tags",
    "ParticipantState.monitoring": "tags",
    "ParticipantState.needs": "codes",
    "Reference.publisher": "a publisher's name",
    "Reference.reference": "a publisher's reference",
    "ReminderState.participant_reference": "a publisher's reference",
    "SealedContact.ciphertext": "sealed",
    "SealedContact.key": "a key's name",
    "SealedContact.nonce": "sealed",
}
"""Every text without a form of its own that an event has about a participant, and what it is."""

OF_THE_WORK = {
    *("AnnouncedDraw", "DrawChances", "DrawState", "Eligibility", "EngagementState", "FilmState"),
    *("LivedExperience", "MatchState", "OutcomeState", "OutreachState", "Place", "QuotaFit"),
    *("SessionState", "Shortfall", "Step", "SupportWorker", "Venue", "WantedPeople"),
    *("AttendanceNote", "CancelOrder", "MatchChange", "MatchDecision", "MoveRequest", "Waiver"),
    *("NeedsAcceptance", "SupportChange", "Fault", "Forgotten", "SubmissionState"),
    *("MessageState", "PreviewPart", "PreviewRequest", "PreviewState"),
    *("FollowUpState", "InvitationState", "ReminderState"),
}
"""What is about engagements, staff, places, messages and answers, but for the texts above."""


def fields_by_model(schema: dict[str, Any]) -> dict[str, set[str]]:
    return {
        name: set(definition.get("properties", {})) for name, definition in schema["$defs"].items()
    }


@each_event
def test_no_event_has_a_field_that_tells_who_a_person_is(event: type[Event]) -> None:
    fields = fields_by_model(the_schema(event.TYPE))

    telling = {name: found for name, known in fields.items() if (found := known & WHO_A_PERSON_IS)}

    assert set(telling) <= PLACES_NOT_PEOPLE


@each_event
def test_no_sample_of_an_event_tells_who_a_person_is(event: type[Event]) -> None:
    assert not LOOKS_PERSONAL.search(sample_text(event.TYPE))


def test_the_one_event_about_contacts_is_sealed() -> None:
    fields = fields_by_model(the_schema(ParticipantContactChanged.TYPE))

    assert fields == {"SealedContact": {"participant_id", "nonce", "ciphertext", "key"}}


def test_where_a_person_stays_away_from_is_in_no_event_in_words() -> None:
    schemas = [the_schema(event.TYPE) for event in ALL_EVENTS if "participant" in event.TYPE]
    fields = [fields_by_model(each).get("Exclusions", {"digests"}) for each in schemas]

    assert fields == [{"digests"}] * len(schemas)
    assert not any("Cedar" in sample_text(event.TYPE) for event in ALL_EVENTS)


def test_of_every_text_about_a_person_it_is_known_that_nobody_wrote_it_freely() -> None:
    texts = {
        f"{model}.{name}": model
        for event in ALL_EVENTS
        for model, definition in the_schema(event.TYPE)["$defs"].items()
        for name, field in definition.get("properties", {}).items()
        if has_any_text(field)
    }

    about_people = {path for path, model in texts.items() if model not in OF_THE_WORK}
    references = {path for path in texts if path.endswith(".participant_reference")}
    assert about_people | references == set(TEXT_ABOUT_PEOPLE)


def has_any_text(field: dict[str, Any]) -> bool:
    """Whether it may be a text, or may have one in it, of which the schema says nothing more."""
    inner = [*field.get("anyOf", ()), field.get("items"), field.get("additionalProperties")]
    is_bare = not {"enum", "const", "format", "pattern"} & field.keys()
    return (field.get("type") == "string" and is_bare) or any(
        has_any_text(each) for each in inner if isinstance(each, dict)
    )
