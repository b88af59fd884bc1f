"""The invited people: each opens the link of their e-mail, or is rung, and says yes, no, nothing.

What somebody says hangs on their address and the seed alone.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from random import Random

import httpx

from deploy.demo.desk import TIMEOUT_SECONDS, Desk
from deploy.demo.errors import DemoError
from deploy.demo.mailbox import Mail, Mailbox
from deploy.demo.seen import Message, Session, filled, invitations
from deploy.demo.telling import POLL_SECONDS, Teller

YES, NO, SILENT, LEAVE, TOO_LATE = "yes", "no", "silent", "leave", "too late"
YES_UP_TO, NO_UP_TO = 0.7, 0.9
AT_ONCE = 8
PAGE_TRIES = 200
QUESTION = 'value="yes"'
STILL_LOOKS = 3


class People:
    """Everybody who was invited, and what they did."""

    def __init__(self, mailbox: Mailbox, desk: Desk, teller: Teller, seed: int) -> None:
        self._mailbox = mailbox
        self._desk = desk
        self._teller = teller
        self._seed = seed
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._links: set[str] = set()
        self.chosen: dict[str, str] = {}
        """By the invitation's message: what they said."""
        self.by_telephone: Counter[str] = Counter()

    @property
    def by_link(self) -> Counter[str]:
        """Count what was said by link."""
        return Counter(self.chosen.values()) - self.by_telephone

    async def answer_until_settled(self, within_seconds: float) -> list[Session]:
        """Answer whatever comes, until nobody else is to be heard; return the sessions then.

        Raises DemoError when that does not come about.
        """
        async with (
            asyncio.timeout(within_seconds),
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client,
        ):
            still = 0
            while still < STILL_LOOKS:
                messages = await self._desk.messages()
                moved = await self._answer_mails(client) + await self._answer_calls(messages)
                sessions = await self._desk.sessions()
                is_open = moved or self._unheard(sessions, messages)
                still = 0 if is_open else still + 1
                await asyncio.sleep(POLL_SECONDS)
        return sessions

    async def _answer_mails(self, client: httpx.AsyncClient) -> int:
        letters = []
        for mail in self._mailbox.new():
            if mail.link and mail.link not in self._links:
                self._links.add(mail.link)
                letters.append(self._answer_mail(client, mail, mail.link))
        await asyncio.gather(*letters)
        return len(letters)

    async def _answer_mail(self, client: httpx.AsyncClient, mail: Mail, link: str) -> None:
        async with self._turn:
            answer = self._decide(mail.to)
            await _look_twice(client, link)
            if answer == NO and LEAVE not in self.chosen.values():
                answer = LEAVE
            self.chosen[mail.message_id] = answer
            if answer != SILENT:
                self.chosen[mail.message_id] = await _press(client, link, answer)

    async def _answer_calls(self, messages: Sequence[Message]) -> int:
        calls = [
            message
            for message in messages
            if message.kind == "invitation"
            and message.status == "to_call"
            and message.message_id not in self.chosen
        ]
        for call in calls:
            answer = self._decide(call.participant_reference or "")
            self.chosen[call.message_id] = answer
            self.by_telephone[answer] += 1
            if answer != SILENT:
                await self._desk.take_call(call.message_id, answer)
        return len(calls)

    def _decide(self, who: str) -> str:
        drawn = Random(f"{self._seed} {who}").random()
        if drawn < YES_UP_TO:
            return YES
        return NO if drawn < NO_UP_TO else SILENT

    def _unheard(self, sessions: Sequence[Session], messages: Sequence[Message]) -> bool:
        """Whether an answer or a replacement is still under way."""
        said = {
            message.concerns: self.chosen.get(message.message_id)
            for message in messages
            if message.kind == "invitation"
        }
        for session, attendee in invitations(sessions).values():
            concerns = (attendee.participant_reference, session.engagement_id)
            if attendee.answer == "invited" and said.get(concerns) != SILENT:
                return True
        held = filled(sessions)
        return any(
            session.status == "announced"
            and held[session.engagement_id] + session.missing < session.places
            for session in sessions
        )


async def _look_twice(client: httpx.AsyncClient, link: str) -> None:
    """Open the page, and again: looking must not have answered."""
    for _ in range(PAGE_TRIES):
        page = await client.get(link)
        if page.status_code != HTTPStatus.NOT_FOUND:
            break
        await asyncio.sleep(POLL_SECONDS)
    again = await client.get(link)
    if not page.is_success or not again.is_success:
        raise DemoError(f"the page of an invitation answered {page.status_code}")
    if QUESTION in page.text and QUESTION not in again.text:
        raise DemoError("looking at the page of an invitation changed it")


async def _press(client: httpx.AsyncClient, link: str, answer: str) -> str:
    if answer == LEAVE:
        response = await client.post(f"{link}/leave")
    else:
        response = await client.post(link, data={"answer": answer})
    if response.status_code == HTTPStatus.SEE_OTHER:
        return answer
    if response.status_code == HTTPStatus.CONFLICT:
        return TOO_LATE
    raise DemoError(f"the answer {answer!r} was refused with {response.status_code}")
