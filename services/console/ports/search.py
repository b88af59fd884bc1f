"""What can be looked for, and how what is typed is compared with it: the same for every store."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator

from services.console.ports.views import (
    EngagementView,
    MatchView,
    PersonView,
    SessionView,
    View,
)
from shared.contracts.participants import ParticipantStatus

LONGEST = 200
"""The longest text that is looked for."""
MOST_WORDS = 8
"""Of a longer text the first words are looked for: they find all that the whole would, and more."""
AFTER_ALL = "\U0010ffff"
"""What sorts after everything that anybody writes."""


def written(text: str) -> str:
    """Return a text as it is compared: small letters without accents, single spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of what is typed, as they are compared; each sign stands for itself."""
    return tuple(dict.fromkeys(written(text).split()))[:MOST_WORDS]


def found_by(view: View) -> tuple[str, ...]:
    """Return all texts of which a beginning finds a view; none of who was erased.

    Of a person these are whole references; of others whatever begins with a letter or a digit
    inside a word: `nwl-2026-014` is found by `nwl-2026`, and by `014`.
    """
    if isinstance(view, PersonView):
        is_erased = view.status is ParticipantStatus.ERASED
        called = {view.reference, *(each.reference for each in view.references)}
        return () if is_erased else tuple(sorted(filter(None, map(written, called))))
    words = (word for text in _texts(view) for word in written(text).split())
    return tuple(sorted({start for word in words for start in _starts(word)}))


def is_found(view: View, words: Collection[str]) -> bool:
    """Whether each word is a beginning of something by which a view is found."""
    texts = found_by(view)
    return all(any(text.startswith(word) for text in texts) for word in words)


def _texts(view: View) -> Iterable[str]:
    """Return what is looked through: never anything of a person."""
    if isinstance(view, EngagementView):
        return view.state.title, view.state.reference, view.state.partner
    if isinstance(view, MatchView):
        return view.state.title, view.state.engagement_reference, view.state.partner
    if isinstance(view, SessionView):
        state, venue = view.state, view.state.venue
        place = (venue.name, venue.postcode or "") if venue else ()
        return state.title, state.engagement_reference, state.partner, *place
    return ()


def _starts(word: str) -> Iterator[str]:
    """Yield the word, and what is left of it from each start of a run of letters and digits."""
    yield word
    for at in range(1, len(word)):
        if word[at].isalnum() and not word[at - 1].isalnum():
            yield word[at:]
