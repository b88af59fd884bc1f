"""The main job, step by step, on an installation that runs."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from deploy.demo.accident import Accident
from deploy.demo.answering import People
from deploy.demo.checks import CHECKS, Picture, breaches
from deploy.demo.command import Wlc
from deploy.demo.desk import Desk, by_engagement
from deploy.demo.doors import Delivery, send
from deploy.demo.errors import DemoError
from deploy.demo.mailbox import Mailbox
from deploy.demo.report import Report
from deploy.demo.seen import Addresses
from deploy.demo.shipment import Shipment
from deploy.demo.telling import Teller, until

VICTIM = "matching"
KILL_AFTER_SHARE = 0.5
TELL_EVERY = 500
WORK_SECONDS = 120.0
PEOPLE_SECONDS = 180.0
LOOKS = 30


class Story:
    """Publishers, staff and people, one after the other; what happened is in `report`."""

    def __init__(
        self, wlc: Wlc, addresses: Addresses, shipment: Shipment, teller: Teller, seed: int
    ) -> None:
        self._wlc = wlc
        self._addresses = addresses
        self._shipment = shipment
        self._teller = teller
        self._seed = seed
        self._mailbox = Mailbox(addresses.mail_dir)
        self.report = Report(killed=VICTIM)

    async def play(self) -> None:
        """Do all of it. Raises DemoError at the first thing that is not as it must be."""
        async with Desk(self._addresses) as desk:
            people = People(self._mailbox, desk, self._teller, self._seed)
            with self._teller.phase("People join, through three doors at once"):
                await self._join()
            with self._teller.phase("Engagements are published, panels drawn"):
                await self._draw(desk)
            with self._teller.phase("Staff decide"):
                await self._decide(desk)
            with self._teller.phase("People answer, who says no is replaced"):
                await self._answer(people)
            with self._teller.phase("Later: a cancellation, people leaving, changes"):
                await self._change(people, desk)
            with self._teller.phase("Checks"):
                await self._check(desk)
            self.report.by_link, self.report.by_telephone = people.by_link, people.by_telephone

    async def _join(self) -> None:
        parcels = self._shipment.people
        total = sum(parcel.count for parcel in parcels)
        accident = Accident(VICTIM, asyncio.Event(), self._teller)

        def answered(count: int) -> None:
            if count >= total * KILL_AFTER_SHARE:
                accident.due.set()
            if not count % TELL_EVERY:
                self._teller.say(f"{count:,} of {total:,} submissions answered")

        async with asyncio.TaskGroup() as group:
            sending = group.create_task(send(self._wlc, parcels, answered))
            back = group.create_task(accident.happen(self._wlc, self._addresses))
        self.report.deliveries = sending.result()
        self.report.back_after_seconds = round(back.result(), 1)
        self._tell_of(self.report.deliveries)
        await self._until_idle("people taken in by every service")

    def _tell_of(self, deliveries: Sequence[Delivery]) -> None:
        for d in deliveries:
            self._teller.say(
                f"{d.parcel.name}: {len(d.outcomes)} sent, {d.accepted} accepted, "
                f"{d.rejected} rejected, each for exactly the faults it has"
            )

    async def _until_idle(self, what: str) -> None:
        async def idle() -> bool | None:
            found = await self._wlc.status()
            return all(health.is_idle for health in found.values()) or None

        await until(idle, what, within_seconds=WORK_SECONDS)

    async def _draw(self, desk: Desk) -> None:
        parcel = self._shipment.engagements
        self._tell_of(await send(self._wlc, (parcel,), lambda _count: None))

        async def drawn() -> bool | None:
            return len(await desk.matches()) == parcel.count or None

        what = f"a match for each of {parcel.count} engagements"
        await until(drawn, what, within_seconds=WORK_SECONDS)
        self.report.drawn = await self._wlc.matches()
        found = Counter(match.status for match in self.report.drawn)
        self._teller.say(", ".join(f"{count} {status}" for status, count in found.items()))
        self._compare_stored()

    def _compare_stored(self) -> None:
        """Nobody accepted is missing among those considered, though a service was killed."""
        considered: dict[str, int] = {}
        for match in self.report.drawn:
            considered[match.hub] = max(considered.get(match.hub, 0), match.steps[0].left)
        accepted = sum(delivery.accepted for delivery in self.report.deliveries)
        found = sum(considered.values())
        if self._shipment.is_whole:
            is_right = considered == self._shipment.expected.participants_by_hub
        else:
            is_right = accepted - self._shipment.repeated <= found <= accepted
        if not is_right:
            raise DemoError(f"{accepted} submissions accepted, but people considered: {considered}")
        counted = ", ".join(f"{count:,} in {hub}" for hub, count in considered.items())
        self._teller.say(f"all who were accepted were considered: {counted}")

    async def _until_staff_are_told(self, desk: Desk) -> None:
        proposed = {m.engagement_id for m in self.report.drawn if m.is_proposed}

        async def told() -> bool | None:
            messages = await desk.messages()
            found = {m.engagement_id for m in messages if m.kind == "staff-match"}
            return proposed <= found or None

        await until(told, "an e-mail to staff for each match", within_seconds=WORK_SECONDS)
        self._teller.say(f"staff are told of {len(proposed)} matches by e-mail")

    async def _decide(self, desk: Desk) -> None:
        await self._until_staff_are_told(desk)
        self._compare_short()
        for match in self.report.drawn:
            name = f"{match.engagement_reference} {match.title!r}"
            if match.status == "short":
                why = " ".join(shortfall.sentence for shortfall in match.unmet)
                self._teller.say(f"{name} is left: {why}")
            elif match.is_proposed:
                await desk.approve(match)
                self._teller.say(f"{name} approved: {len(match.panel)} people")
            else:
                self._teller.say(f"{name} is {match.status} already")
        await self._until_arranged(desk)

    def _compare_short(self) -> None:
        infeasible = self._shipment.expected.engagements.infeasible
        short = {m.engagement_reference for m in self.report.drawn if m.status == "short"}
        if not infeasible <= short or (self._shipment.is_whole and infeasible != short):
            raise DemoError(f"short are {sorted(short)}, expected {sorted(infeasible)}")

    async def _until_arranged(self, desk: Desk) -> None:
        wanted = {m.engagement_reference for m in self.report.drawn if m.status != "short"}

        async def arranged() -> bool | None:
            return wanted <= by_engagement(await desk.sessions()).keys() or None

        await until(arranged, "sessions for every approved match", within_seconds=WORK_SECONDS)
        sessions = await desk.sessions()
        self._teller.say(f"{len(sessions)} sessions for {len(wanted)} engagements")

    async def _answer(self, people: People) -> None:
        self.report.sessions = await people.answer_until_settled(PEOPLE_SECONDS)
        told = ", ".join(f"{n} {answer}" for answer, n in people.by_link.items())
        rung = ", ".join(f"{n} {answer}" for answer, n in people.by_telephone.items())
        self._teller.say(f"by link: {told}; by telephone: {rung}")
        self._teller.say(f"{self.report.replaced} people invited in the place of others")
        missing = sum(s.missing for s in self.report.sessions if s.number == 1)
        self._teller.say(f"{missing} places still free after all reserves were asked")

    async def _change(self, people: People, desk: Desk) -> None:
        self._tell_of(await send(self._wlc, self._shipment.later, lambda _count: None))
        cancelled = self._shipment.expected.engagements.cancelled_later

        async def taken_back() -> bool | None:
            found = by_engagement(await desk.sessions())
            concerned = [s for name in cancelled for s in found.get(name, [])]
            return all(session.status == "cancelled" for session in concerned) or None

        await until(taken_back, "cancelled sessions", within_seconds=WORK_SECONDS)
        self.report.sessions = await people.answer_until_settled(PEOPLE_SECONDS)

    async def _check(self, desk: Desk) -> None:
        for _ in range(LOOKS):
            picture = await self._picture(desk)
            wrong = breaches(picture)
            if not wrong:
                break
        self.report.sessions, self.report.messages = picture.sessions, picture.messages
        self.report.repeats = picture.repeats
        if wrong:
            raise DemoError("; ".join(wrong))
        self.report.checks = tuple(name for name, _ in CHECKS)
        for name in self.report.checks:
            self._teller.say(f"holds: {name}")

    async def _picture(self, desk: Desk) -> Picture:
        status, dead_letters, sessions, messages = await asyncio.gather(
            self._wlc.status(), self._wlc.count_dead_letters(), desk.sessions(), desk.messages()
        )
        self._mailbox.new()
        return Picture(
            sessions=sessions,
            messages=messages,
            mails=list(self._mailbox.mails.values()),
            repeats=self._mailbox.repeats(),
            dead_letters=dead_letters,
            status=status,
            keep_off=self._shipment.keep_off,
            cancelled=self._shipment.expected.engagements.cancelled_later,
            may_repeat=VICTIM == "notification",
        )
