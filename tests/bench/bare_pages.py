"""The reference of a page: FastAPI and Jinja alone, with a fixed table that is as long as wanted.

`/page` is open; `/signed-in` is the same page behind the console's own check of who is signed in.
"""

import argparse
from functools import partial

import uvicorn
from fastapi import FastAPI
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.console.api.access import Access
from services.console.api.failures import add_failures
from services.console.api.parts import Options, Parts
from services.console.api.rendering import Pages
from services.console.ports import Right
from services.console.store import mongo_knowledge
from services.console.use_cases.own_keys import OwnKeys
from shared.committer import Outcome, Work
from shared.facts import Facts
from shared.keyring import Keyring
from shared.links import Links
from shared.master_keys import SecretMasterKeys
from shared.mongo import connect
from shared.runtime import collect_seldom
from tests.builders.console import PERMITS

PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="en"><title>{{ title }}</title><table>
{% for row in rows %}
<tr><td><a href="/things/{{ row.id }}">{{ row.title }}</a></td><td>{{ row.status }}</td></tr>
{% endfor %}</table></html>"""
)
KEY = "a key that only this bench knows"
ROW_BYTES = 118
ROW = {"id": "5b584c94-8fb4-4647-afe6-879085600dbf", "title": "Leaving the ward", "status": "open"}


class Nothing:
    """Commits nothing: that a browser was seen need not be remembered here."""

    async def commit(self, _message_id: str, _work: Work) -> Outcome:
        return Outcome.DONE


async def page(size: int = 50_000) -> HTMLResponse:
    """Return a page of about so many bytes."""
    return HTMLResponse(PAGE.render(title="Fixed", rows=[ROW] * (size // ROW_BYTES)))


def build_app(mongo_url: str, database: str) -> FastAPI:
    """Return the app, with a console's database behind one of its pages."""
    options = Options(origin="http://localhost", secure_cookies=False, help_text="")
    stored = connect(mongo_url, name="bare-pages")[database]
    parts = Parts(
        known=mongo_knowledge(stored),
        commits=Nothing(),
        opener=Keyring(stored, SecretMasterKeys(b"m" * 32)),
        links=Links(KEY),
        keys=OwnKeys(KEY),
        permits=PERMITS,
        facts=Facts("console"),
        options=options,
    )
    check = Access(parts, Right.LOOK)

    async def signed_in(request: Request, size: int = 50_000) -> HTMLResponse:
        await check(request)
        return await page(size)

    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_api_route("/page", page, response_model=None)
    app.add_api_route("/signed-in", signed_in, response_model=None)
    add_failures(app, Pages(""))
    return app


def main() -> None:
    """Serve, as the console is served."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mongo-url", required=True)
    parser.add_argument("--database", required=True)
    asked = parser.parse_args()
    collect_seldom()
    build = partial(build_app, asked.mongo_url, asked.database)
    uvicorn.run(build(), port=asked.port, log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
