"""Pages from templates, on the NHS front-end components."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from time import time
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader
from jinja2.loaders import ChoiceLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.console.api import words
from services.console.api.compression import compress_page
from services.console.api.static_files import static_files
from services.console.api.words.audited import audited, shown_at
from services.console.api.words.decisions import done, follows, why, why_dropped
from services.console.api.words.people import consent_step, purpose, sentence_list, slot
from services.console.api.words.timeline import happened, stand
from services.console.ports import Right
from services.console.use_cases.sign_in import Visitor
from shared.odds import odds

TEMPLATES = Path(__file__).parent.parent / "templates"
FILTERS = (
    "asked_need",
    "became",
    "cause",
    "chance",
    "change",
    "channel",
    "clock",
    "colour",
    "day",
    "day_of",
    "exact",
    "feature",
    "form",
    "hindrance",
    "hub",
    "language",
    "left_out",
    "moment",
    "month",
    "month_name",
    "need",
    "needed",
    "own_purpose",
    "pay",
    "period",
    "plain",
    "sentence",
    "skill",
    "span",
    "status",
    "telephone",
    "times",
    "value_of",
)

OTHER_FILTERS = {
    "odds": odds,
    "audited": audited,
    "shown_at": shown_at,
    "happened": happened,
    "stand": stand,
    **{each.__name__: each for each in (why, done, follows, why_dropped)},
    "slot": slot,
    "sentence_list": sentence_list,
    "consent_step": consent_step,
    "purpose": purpose,
}

MENU = (
    ("/", "Start", Right.LOOK),
    ("/matches", "Matches", Right.LOOK),
    ("/engagements", "Engagements", Right.LOOK),
    ("/sessions", "Sessions", Right.LOOK),
    ("/calls", "Calls", Right.IDENTIFY),
    ("/messages", "Messages", Right.IDENTIFY),
    ("/previews", "Previews", Right.ACT),
    ("/reach", "Reach", Right.LOOK),
    ("/calendars", "Calendars", Right.ACT),
    ("/audit", "Audit trail", Right.AUDIT),
    ("/accounts", "Accounts", Right.OPERATE),
)
"""The pages of staff that are not about one thing, and the right that each needs."""


LIVE: Mapping[str, str] = {
    "/": "match session message",
    "/matches": "match",
    "/sessions": "session",
    "/calls": "message",
    "/messages": "message",
    "/engagements": "match session message",
}
"""The pages that are brought up to date while they are open, and by which kinds of news.

None that writes down who looked at it: each time it is brought up to date would be one more look.
"""
LIVE_EACH = frozenset({"/matches", "/sessions", "/engagements"})
"""The lists of which the page of each thing is brought up to date as well."""


class Pages:
    """Renders a template; what every page needs is added here."""

    def __init__(self, help_text: str) -> None:
        self._templates = _templates()
        self._help_text = help_text

    def show(
        self, request: Request, template: str, *, status_code: int = 200, **context: Any
    ) -> HTMLResponse:
        """Return the page; `staff` in the context shows the menu."""
        html = self._templates.get_template(template).render(
            cspNonce=request.state.csp_nonce,
            htmlLang="en-GB",
            themeColor="#212b32",
            here=request.url.path,
            menu=_menu(context.get("staff")),
            help_text=self._help_text,
            live=_live(request.url.path, status_code) if context.get("staff") else "",
            live_since=int(time() * 1000),
            **context,
        )
        page = HTMLResponse(html, status_code)
        if context.get("staff"):
            compress_page(page, request)
        return page


def _live(path: str, status_code: int) -> str:
    """Return the kinds of news that concern a page; a form that came back with faults has none."""
    if status_code != HTTPStatus.OK:
        return ""
    above, _, _ = path.rpartition("/")
    return LIVE.get(above if above in LIVE_EACH else path, "")


def _menu(staff: Visitor | None) -> list[tuple[str, str]]:
    return [(path, name) for path, name, right in MENU if staff and staff.may(right)]


@cache
def _templates() -> Environment:
    """Return the one environment, which keeps compiled templates."""
    # The components' macros ask for parameters that are not given: hence ChainableUndefined.
    templates = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja", "templates")]
        ),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals["static"] = static_files().address
    templates.filters |= {name: getattr(words, name) for name in FILTERS} | OTHER_FILTERS
    return templates
