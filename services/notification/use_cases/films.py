"""Keeping where films in sign language are."""

from services.notification.domain import Film
from services.notification.ports import Records
from shared.changes import NOTHING, Changes
from shared.contracts.previews import FilmSupplied


async def keep_film(event: FilmSupplied, records: Records) -> Changes:
    """Remember the film of an engagement as staff supplied it last."""
    stored = await records.films.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    url = str(event.data.url) if event.data.url else None
    film = Film(event.subject, event.sequence, url, version=stored.version if stored else 0)
    return Changes((records.films.keep(film),))
