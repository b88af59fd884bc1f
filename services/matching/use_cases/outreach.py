"""Telling whom matching looks for: when that changes, and when it is over."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match
from services.matching.domain.outreach import outreach_id, sentence
from services.matching.ports import Records
from shared.changes import NOTHING, Changes
from shared.contracts.outreach import (
    OutreachClosed,
    OutreachRequested,
    OutreachState,
    WantedPeople,
)
from shared.facts import Header
from shared.sortition.outreach import Wanted


def outreach_news(
    before: tuple[Wanted, ...], match: Match, engagement: Engagement, header: Header
) -> Iterator[OutreachRequested | OutreachClosed]:
    """Yield what is to be told of a match just drawn; nothing while the same people are missing."""
    if match.wanted == before:
        return
    if not match.wanted:
        yield outreach_over(match, header)
        return
    told = tuple(
        WantedPeople(
            people=each.people,
            features=dict(each.features),
            sentence=sentence(each, engagement),
        )
        for each in match.wanted
    )
    yield OutreachRequested(
        **header,
        subject=outreach_id(match.id),
        sequence=match.version + 1,
        data=_state(match, told),
    )


def seeks(
    match: Match,
    wanted: tuple[Wanted, ...],
    engagement: Engagement,
    header: Header,
    records: Records,
) -> Changes:
    """Look for these people in the name of a match that stays as it is otherwise."""
    if wanted == match.wanted:
        return NOTHING
    seeking = replace(match, wanted=wanted)
    news = tuple(outreach_news(match.wanted, seeking, engagement, header))
    return Changes((records.matches.keep(seeking),), news)


def seeks_nobody(match: Match, header: Header, records: Records) -> Changes:
    """Look for nobody any more in the name of a match that stays as it is otherwise."""
    if not match.wanted:
        return NOTHING
    kept = records.matches.keep(replace(match, wanted=()))
    return Changes((kept,), (outreach_over(match, header),))


def outreach_over(match: Match, header: Header) -> OutreachClosed:
    """Tell that nobody is looked for any more."""
    return OutreachClosed(
        **header,
        subject=outreach_id(match.id),
        sequence=match.version + 1,
        data=_state(match),
    )


def _state(match: Match, wanted: tuple[WantedPeople, ...] = ()) -> OutreachState:
    return OutreachState(
        outreach_id=UUID(outreach_id(match.id)),
        match_id=UUID(match.id),
        engagement_id=UUID(match.engagement_id),
        engagement_reference=match.engagement_reference,
        title=match.title,
        partner=match.partner,
        wanted=wanted,
    )
