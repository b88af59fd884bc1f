"""Who has somebody with them so that they and others understand each other."""

from services.notification.domain.people import Participant

INTERPRETER_NEEDS = frozenset(
    {
        "204331000000107",  # British Sign Language interpreter
        "945731000000104",  # hands-on signing interpreter
        "204341000000103",  # Makaton interpreter
        "936761000000104",  # Sign Supported English interpreter
        "945911000000109",  # lipspeaker
        "957051000000100",  # deafblind manual interpreter
        "957111000000103",  # haptic communication interpreter
        "957071000000109",  # block alphabet interpreter
    }
)
"""Reasonable adjustment codes (SNOMED CT) of those who interpret for a person."""


def uses_interpreter(participant: Participant) -> bool:
    """Whether one is booked for each of their sessions, of signs or of a spoken language."""
    return participant.interpreter or bool(INTERPRETER_NEEDS.intersection(participant.needs))
