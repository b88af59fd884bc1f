"""The console's HTTP side: pages for staff, links for participants, JSON for scripts."""

from fastapi import APIRouter, FastAPI

from services.console.api.bodies import BodyLimit
from services.console.api.failures import add_failures
from services.console.api.feeds import Feeds
from services.console.api.live import LivePage
from services.console.api.participants.details import DetailsPages
from services.console.api.participants.details_calls import DetailsCallPages
from services.console.api.participants.invitations import InvitationPages
from services.console.api.participants.leaving import LeavingPages
from services.console.api.participants.needs import NeedsPages
from services.console.api.participants.times import TimesPages
from services.console.api.parts import Options, Parts
from services.console.api.protection import CrossOriginGuard, ProtectiveHeaders
from services.console.api.rendering import Pages
from services.console.api.scripts.acts import ActScripts
from services.console.api.scripts.copies import CopyScripts
from services.console.api.scripts.erasures import ErasureScripts
from services.console.api.scripts.lists import Scripts
from services.console.api.scripts.previews import PreviewScripts
from services.console.api.sign_in.accounts import keep_accounts_current
from services.console.api.sign_in.pages import SignInPages
from services.console.api.sign_in.provider import ProviderPages
from services.console.api.staff.account import AccountPages
from services.console.api.staff.accounts import AccountsPages
from services.console.api.staff.attendance import AttendancePages
from services.console.api.staff.audit import AuditPages
from services.console.api.staff.calendars import CalendarPages
from services.console.api.staff.calls import CallPages
from services.console.api.staff.decisions import DecisionPages
from services.console.api.staff.exports import ExportPages
from services.console.api.staff.films import FilmPages
from services.console.api.staff.lists import StaffPages
from services.console.api.staff.match_people import MatchPersonPages
from services.console.api.staff.over_time import OverTimePages
from services.console.api.staff.people import PeoplePages
from services.console.api.staff.previews import PreviewPages
from services.console.api.staff.reach import ReachPages
from services.console.api.staff.search import SearchPages
from services.console.api.staff.sessions import SessionPages
from services.console.api.staff.start import StartPage
from services.console.api.staff.timeline import TimelinePages
from services.console.api.staff.what_ifs import WhatIfPages
from services.console.api.static_files import static_files

__all__ = ["Options", "Parts", "build_routers", "keep_accounts_current", "protect"]


def build_routers(parts: Parts) -> list[APIRouter]:
    """Return every address of the console."""
    pages = Pages(parts.options.help_text)
    staff_pages = StaffPages(parts, pages)
    match_pages = DecisionPages(parts, pages)
    return [
        Scripts(parts).router(),
        ActScripts(parts).router(),
        CopyScripts(parts).router(),
        ErasureScripts(parts).router(),
        PreviewScripts(parts).router(),
        SignInPages(parts, pages).router(),
        ProviderPages(parts, pages).router(),
        AccountPages(parts, pages).router(),
        AccountsPages(parts, pages).router(),
        InvitationPages(parts, pages).router(),
        TimesPages(parts, pages).router(),
        DetailsPages(parts, pages).router(),
        DetailsCallPages(parts, pages).router(),
        LeavingPages(parts, pages).router(),
        StartPage(parts, pages).router(),
        LivePage(parts).router(),
        staff_pages.router(),
        TimelinePages(parts, pages).router(),
        PeoplePages(parts, pages).router(),
        SearchPages(parts, pages).router(),
        FilmPages(parts, staff_pages).router(),
        PreviewPages(parts, pages).router(),
        *ReachPages(parts, pages).routers(),
        *AuditPages(parts, pages).routers(),
        *OverTimePages(parts, pages).routers(),
        ExportPages(parts, pages).router(),
        match_pages.router(),
        MatchPersonPages(parts, pages, match_pages).router(),
        WhatIfPages(parts, pages, match_pages).router(),
        CallPages(parts, pages).router(),
        CalendarPages(parts, pages).router(),
        Feeds(parts).router(),
        NeedsPages(parts, pages).router(),
        SessionPages(parts, pages, staff_pages).router(),
        AttendancePages(parts, pages).router(),
    ]


def protect(app: FastAPI, options: Options) -> FastAPI:
    """Add the style sheets, the answers to failures, and what stands around every request."""
    app.mount("/static", static_files(), name="static")
    add_failures(app, Pages(options.help_text))
    app.router.redirect_slashes = False  # it would send on to whatever `Host` says
    app.add_middleware(BodyLimit)
    app.add_middleware(CrossOriginGuard, origin=options.origin)
    app.add_middleware(ProtectiveHeaders, https=options.origin.startswith("https:"))
    return app
