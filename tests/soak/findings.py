"""What a comparison found."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

EXAMPLES = 3
STANDING = frozenset({"invited", "accepted"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One effect counted: how many there must be, how many are missing, how many too many."""

    effect: str
    expected: int
    lost: int
    doubled: int
    examples: tuple[str, ...] = ()


def counted(effect: str, wanted: set[Any], found: "Counter[Any]") -> Finding:
    """Compare what must be there, each once and nothing else, with what is."""
    lost = sorted(str(each) for each in wanted if each not in found)
    strange = sorted(str(each) for each in found if each not in wanted)
    doubled = sum(count - 1 for each, count in found.items() if each in wanted) + len(strange)
    examples = (*lost[:EXAMPLES], *(f"unwanted: {each}" for each in strange[:EXAMPLES]))
    return Finding(effect, len(wanted), len(lost), doubled, examples)
