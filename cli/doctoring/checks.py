"""What was looked at and found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `exit_code` other than 0 says how bad it is."""

    name: str
    sentence: str
    exit_code: int = 0
