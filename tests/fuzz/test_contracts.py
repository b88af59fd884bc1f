"""A document on the wire is taken as it is, or refused for a reason that repeats nothing of it."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.use_cases.doors import read_message, receive_message
from services.intake.use_cases.reading import Arrival
from shared.contracts import ALL_EVENTS
from shared.contracts.base import Event
from shared.contracts.submissions import SubmissionState
from shared.handlers import Inbound
from shared.outbox import envelope
from tests.builders.intake import intake
from tests.fuzz.documents import broken, marked, sample, submissions, written
from tests.unit.intake.json_values import SECRET

PUBLISHER = "nwl-trust"


def judged(document: Any) -> SubmissionState | None:
    """Return intake's answer; None while it waits for what it refers to."""
    to = intake()
    message = Inbound(written(document), PUBLISHER, None, None)
    arrival: Arrival = read_message(message, to.publishers, to.desk.cipher)
    changes = asyncio.run(receive_message(arrival, to.desk))
    to.store.commit(changes)
    answers = [each.data for each in to.store.events if hasattr(each.data, "faults")]
    return answers[0] if answers else None


def leads_into(document: Any, pointer: str) -> bool:
    """Whether a JSON pointer names a place of the document, or what an object of it lacks."""
    for step in pointer.split("/")[1:]:
        if isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return isinstance(document, dict)
    return True


@settings(max_examples=3 * settings().max_examples)
@given(event=st.sampled_from(ALL_EVENTS), data=st.data())
def test_an_event_is_taken_as_it_is_or_refused(event: type[Event], data: st.DataObject) -> None:
    document = data.draw(broken(marked(sample(event.TYPE))))

    try:
        taken = event.model_validate_json(written(document))
    except ValidationError:
        return
    assert event.model_validate_json(envelope(taken).body) == taken


@settings(max_examples=3 * settings().max_examples)
@given(document=submissions())
def test_each_fault_of_a_submission_is_named_and_not_repeated(document: Any) -> None:
    answer = judged(document)

    faults = answer.faults if answer else ()
    assert bool(faults) == (answer is not None and answer.status == "rejected")
    assert [each.pointer for each in faults if not leads_into(document, each.pointer)] == []
    assert SECRET not in str([each.sentence for each in faults])
    assert answer is None or SubmissionState.model_validate_json(answer.model_dump_json()) == answer
