"""Staff supply the film in British Sign Language of an engagement, or take it back."""

from uuid import UUID

from pydantic import HttpUrl, TypeAdapter, ValidationError

from services.console.ports import EngagementView, FilmView, Kept, Knowledge
from services.console.use_cases.audit import noted
from services.console.use_cases.envelope import told_by
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.previews import FilmState, FilmSupplied
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

LONGEST_ADDRESS = 2000
ADDRESS: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


class NoFilmAddressError(RuleError):
    """What was given is no https address, or has a name and password in it."""

    code = "no-film-address"


async def supply_film(
    engagement_id: str, address: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Let the engagement have a film; the same one again changes nothing.

    Raises NotFoundError, NoFilmAddressError.
    """
    engagement = await _own(engagement_id, staff, known)
    return await _changed(engagement, film_address(address), staff, known, facts)


async def take_film_back(
    engagement_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Let the engagement have no film any more. Raises NotFoundError."""
    engagement = await _own(engagement_id, staff, known)
    return await _changed(engagement, None, staff, known, facts)


async def know_film(event: FilmSupplied, known: Kept[FilmView]) -> Changes:
    """Keep the newest; what was supplied here is known already."""
    stored = await known.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    view = FilmView(id=event.subject, state=event.data, **told_by(event, stored))
    return Changes((known.keep(view),))


def film_address(text: str) -> HttpUrl:
    """Read the address of a film. Raises NoFilmAddressError."""
    try:
        address = ADDRESS.validate_python(text.strip())
    except ValidationError:
        raise NoFilmAddressError("no address") from None
    is_open = address.scheme == "https" and address.username is None and address.password is None
    if not is_open or len(str(address)) > LONGEST_ADDRESS:
        raise NoFilmAddressError("no https address")
    return address


async def _own(engagement_id: str, staff: Visitor, known: Knowledge) -> EngagementView:
    engagement = await known.engagements.get(engagement_id)
    if engagement is None or engagement.hub not in staff.hubs:
        raise NotFoundError("no such engagement")
    return engagement


async def _changed(
    engagement: EngagementView,
    address: HttpUrl | None,
    staff: Visitor,
    known: Knowledge,
    facts: Facts,
) -> Changes:
    stored = await known.films.get(engagement.id)
    if (stored.state.url if stored else None) == address:
        return NOTHING
    by, hub = staff.username, engagement.hub
    state = FilmState(engagement_id=UUID(engagement.id), url=address, by=by)
    event = FilmSupplied(
        **facts.started(
            hub, correlation_id=engagement.correlation_id, causation_id=engagement.event_id
        ),
        subject=engagement.id,
        sequence=(stored.sequence if stored else 0) + 1,
        data=state,
    )
    view = FilmView(id=engagement.id, state=state, **told_by(event, stored))
    what = "film_supplied" if address else "film_taken_back"
    told = Changes((known.films.keep(view),), (event,))
    return told + noted(known.audit, facts, who=by, what=what, about=engagement.id, hub=hub)
