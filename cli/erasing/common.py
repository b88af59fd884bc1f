"""Which names of those who are forgotten are words here that have nothing to do with them.

"Smith" stands in the row of everybody in Hammersmith: searched for alone, it would always be found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cli.erasing.needles import Needles

OF_OTHERS = 20
"""In so many rows that are not about somebody, a name of theirs is a word of everybody's."""


def common_among(rows: Iterable[bytes], names: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the names, in small letters, that stand in many rows without the id of who has them.

    `names` are parts of the names of people by their ids.
    """
    of: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for person, parts in names.items():
        for part in parts:
            of[part.lower().encode()].add(person.encode())
    needles, counts = Needles(of), Counter[bytes]()
    for row in map(bytes.lower, rows):
        if needles.are_in(row):
            counts.update(
                name
                for name, people in of.items()
                if name in row and not any(person in row for person in people)
            )
    return frozenset(name.decode() for name, count in counts.items() if count >= OF_OTHERS)
