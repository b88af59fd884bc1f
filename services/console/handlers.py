"""What the console does about each event: it remembers that it happened, and what it tells."""

import asyncio
from typing import get_args

from services.console.ports import Knowledge
from services.console.use_cases import projections
from services.console.use_cases.askings import know_asked, know_group, know_telling
from services.console.use_cases.audit import noted_automatically
from services.console.use_cases.chances import know_chances
from services.console.use_cases.erasure import SECOND_LOOKS, forget_person, look_again
from services.console.use_cases.erasures import know_confirmation, know_erasure
from services.console.use_cases.films import know_film
from services.console.use_cases.held import HELD_DECISIONS, send_when_due
from services.console.use_cases.known_people import AnyPerson, know_contact, know_person
from services.console.use_cases.outside import AnyAnswer, AnyOutreach, know_answer, know_outreach
from services.console.use_cases.own_details import know_details
from services.console.use_cases.previews import know_preview
from services.console.use_cases.projections import (
    AnyDecision,
    AnyEngagement,
    AnyInvitation,
    AnyMatch,
    AnyMessage,
    AnySession,
)
from services.console.use_cases.quota_answers import know_answers_taken_back
from services.console.use_cases.sealing import AUDIT_BACKFILLS, AUDIT_SEALS, seal, seal_older
from services.console.use_cases.times import know_times
from services.console.use_cases.what_ifs import know_what_if
from shared.changes import Changes
from shared.contracts import ALL_EVENTS
from shared.contracts.base import Event
from shared.contracts.draws import MatchChancesRemembered, MatchWhatIfAnswered
from shared.contracts.engagements import EngagementOutcomeRecorded
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.matches import MatchChangeRequested, MatchDrawAnnounced, MatchDrawRecorded
from shared.contracts.participants import ParticipantContactChanged, ParticipantErased
from shared.contracts.previews import FilmSupplied, PreviewRendered
from shared.due import DueWork
from shared.facts import Facts
from shared.handlers import Handlers


def build_handlers(known: Knowledge, facts: Facts) -> Handlers:
    """Return the handlers of every event; a type without its own is only traced."""
    handlers = Handlers()
    _hear_of_matches(handlers, known, facts)
    _send_held_decisions(handlers, known, facts)
    _hear_of_work(handlers, known)
    _hear_of_what_staff_ask(handlers, known)
    _hear_of_people(handlers, known)
    _hear_of_outside(handlers, known)
    _hear_of_erasures(handlers, known, facts)
    _seal_what_was_noted(handlers, known, facts)

    @handlers.on_others(*ALL_EVENTS)
    async def on_anything(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    return handlers


def _hear_of_matches(handlers: Handlers, known: Knowledge, facts: Facts) -> None:
    def traced(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    @handlers.on(*get_args(AnyMatch))
    async def on_match_changed(event: AnyMatch) -> Changes:
        return traced(event) + await projections.know_match(event, known)

    @handlers.on(*get_args(AnyDecision))
    async def on_match_decided(event: AnyDecision) -> Changes:
        decided = await projections.know_decision(event, known)
        return traced(event) + decided + noted_automatically(event, known.audit, facts)

    @handlers.on(MatchChangeRequested)
    async def on_change_requested(event: MatchChangeRequested) -> Changes:
        return traced(event) + await projections.know_change(event, known.changes, known.people)

    @handlers.on(MatchDrawAnnounced)
    async def on_draw_announced(event: MatchDrawAnnounced) -> Changes:
        return traced(event) + await projections.know_announcement(event, known.announced)

    @handlers.on(MatchDrawRecorded)
    async def on_draw_recorded(event: MatchDrawRecorded) -> Changes:
        return traced(event) + await projections.know_draw(event, known.draws)

    @handlers.on(MatchChancesRemembered)
    async def on_chances_remembered(event: MatchChancesRemembered) -> Changes:
        return traced(event) + await know_chances(event, known)


def _send_held_decisions(handlers: Handlers, known: Knowledge, facts: Facts) -> None:
    @handlers.when_due(HELD_DECISIONS)
    async def on_held_decision_due(work: DueWork) -> Changes:
        return await send_when_due(work.id, str(work.about["decision"]), known, facts)


def _hear_of_work(handlers: Handlers, known: Knowledge) -> None:
    def traced(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    @handlers.on(*get_args(AnyEngagement))
    async def on_engagement_changed(event: AnyEngagement) -> Changes:
        return traced(event) + await projections.know_engagement(event, known.engagements)

    @handlers.on(EngagementOutcomeRecorded)
    async def on_outcome_recorded(event: EngagementOutcomeRecorded) -> Changes:
        return traced(event) + await projections.know_figure(event, known.figures)

    @handlers.on(*get_args(AnySession))
    async def on_session_changed(event: AnySession) -> Changes:
        return traced(event) + await projections.know_session(event, known.sessions, known.people)

    @handlers.on(*get_args(AnyInvitation))
    async def on_invitation_changed(event: AnyInvitation) -> Changes:
        known_so = await projections.know_invitation(event, known.invitations, known.people)
        return traced(event) + known_so + await know_asked(event, known)

    @handlers.on(*get_args(AnyMessage))
    async def on_message_changed(event: AnyMessage) -> Changes:
        known_so = await projections.know_message(event, known.messages, known.people)
        return traced(event) + known_so + await know_telling(event, known)


def _hear_of_what_staff_ask(handlers: Handlers, known: Knowledge) -> None:
    def traced(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    @handlers.on(PreviewRendered)
    async def on_preview_rendered(event: PreviewRendered) -> Changes:
        return traced(event) + await know_preview(event, known.previews)

    @handlers.on(MatchWhatIfAnswered)
    async def on_what_if_answered(event: MatchWhatIfAnswered) -> Changes:
        return traced(event) + await know_what_if(event, known)

    @handlers.on(FilmSupplied)
    async def on_film_supplied(event: FilmSupplied) -> Changes:
        return traced(event) + await know_film(event, known.films)


def _hear_of_people(handlers: Handlers, known: Knowledge) -> None:
    def traced(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    @handlers.on(*get_args(AnyPerson))
    async def on_participant_changed(event: AnyPerson) -> Changes:
        learnt = await asyncio.gather(
            know_person(event, known.people),
            *(know(event, known) for know in (know_times, know_group, know_details)),
            know_answers_taken_back(event, known),
        )
        return sum(learnt, traced(event))

    @handlers.on(ParticipantContactChanged)
    async def on_contact_changed(event: ParticipantContactChanged) -> Changes:
        return traced(event) + await know_contact(event, known.contacts)


def _hear_of_outside(handlers: Handlers, known: Knowledge) -> None:
    def traced(event: Event) -> Changes:
        return projections.trace_event(event, known.trace)

    @handlers.on(*get_args(AnyOutreach))
    async def on_outreach_changed(event: AnyOutreach) -> Changes:
        return traced(event) + await know_outreach(event, known.outreach)

    @handlers.on(*get_args(AnyAnswer))
    async def on_submission_answered(event: AnyAnswer) -> Changes:
        return traced(event) + await know_answer(event, known.refusals)


def _seal_what_was_noted(handlers: Handlers, known: Knowledge, facts: Facts) -> None:
    @handlers.when_due(AUDIT_SEALS)
    async def on_seal_due(work: DueWork) -> Changes:
        return await seal(work.id, known.chain, facts.now())

    @handlers.when_due(AUDIT_BACKFILLS)
    async def on_backfill_due(work: DueWork) -> Changes:
        return await seal_older(str(work.about["after"]), known.chain, facts.now())


def _hear_of_erasures(handlers: Handlers, known: Knowledge, facts: Facts) -> None:
    @handlers.on(ParticipantErased)
    async def on_participant_erased(event: ParticipantErased) -> Changes:
        traced = projections.trace_event(event, known.trace)
        noted = await know_erasure(event, known.erasures)
        return traced + noted + await forget_person(event, known, facts)

    @handlers.on(ErasureConfirmed)
    async def on_erasure_confirmed(event: ErasureConfirmed) -> Changes:
        traced = projections.trace_event(event, known.trace)
        return traced + await know_confirmation(event, known.erasures)

    @handlers.when_due(SECOND_LOOKS)
    async def on_second_look_due(work: DueWork) -> Changes:
        return await look_again(work, known, facts)
