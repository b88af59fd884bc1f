"""A hub's plan: 40 engagements of 6 sessions that compete for rooms, facilitators, interpreters.

Beside the same series placed one after the other, and the bound that no plan can pass: what each
series could have, were it alone. Then what a single decline costs the running service.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from time import perf_counter
from typing import Any

from services.scheduling.domain.calendar import Days, Hours, Rhythm
from services.scheduling.domain.engagements.engagement import Engagement, Terms
from services.scheduling.domain.engagements.panels import Member, Quota
from services.scheduling.domain.people.attendants import Attendant, WeeklySlot
from services.scheduling.domain.planning.hub_plan import plan
from services.scheduling.domain.planning.options import Options
from services.scheduling.domain.planning.slots import Found, Obstacles, Placed, Rules, Wish, setting
from services.scheduling.domain.planning.staffing import Team
from services.scheduling.domain.resources.bookings import Occupancy
from services.scheduling.domain.resources.venues import Hub, Venue, Worker, WorkerKind
from tests.builders.scheduling import BSL, BSL_USER, HEARING_LOOP, LOOP, STEP_FREE, WHEELCHAIR
from tests.builders.scheduling import rules as usual_rules

ENGAGEMENTS, PANEL, SESSIONS = 40, 15, 6
ROOMS, FACILITATORS, INTERPRETERS = 15, 12, 6
NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
WINDOW = Days(date(2027, 1, 11), date(2027, 4, 30))
SHIFTS = (Hours(time(9, 30), time(17, 30)), Hours(time(12), time(20, 30)))
PARTS = (Hours(time(9), time(12)), Hours(time(12), time(17)), Hours(time(17), time(21)))

Row = dict[str, Any]


def measure() -> list[Row]:
    """Return a row for the plan, one for first come first served, and one for the bound."""
    rules = replace(usual_rules(hub=_hub(random.Random(1))), least_present=2)  # noqa: S311
    wishes = _wishes(random.Random(2))  # noqa: S311 - repeatable dice, no secrets
    rows = []
    for name, seconds in (("together", rules.plan_seconds), ("one after the other", 0.0)):
        started = perf_counter()
        found = plan(wishes, replace(rules, plan_seconds=seconds), Occupancy(), NOW)
        rows.append(_row(name, perf_counter() - started, list(found.values())))
    team = Team(rules.hubs["west-london"].workers, Occupancy())
    alone = [_alone(each, rules, team) for each in wishes]
    return [*rows, _row("each alone (bound)", 0.0, alone)]


def _row(name: str, seconds: float, found: Sequence[Found]) -> Row:
    placed = [each.choice for each in found if isinstance(each, Placed)]
    present, of = sum(each.present for each in placed), sum(each.of for each in placed)
    return {
        "placed": name,
        "seconds": round(seconds, 2) if seconds else "",
        "series": len(placed),
        "quotas_missed": sum(each.deviation for each in placed),
        "present": f"{present} of {of}",
        "km": sum(each.travel_km for each in placed),
        "hard": sum(each.hard for each in placed),
    }


def _alone(wish: Wish, rules: Rules, team: Team) -> Found:
    where = setting(wish, rules, NOW)
    if isinstance(where, Obstacles):
        return where
    options = Options(wish, where, team, rules)
    return options.placed(options.best(), ()) if len(options) else options.obstacles()


def _hub(dice: random.Random) -> Hub:
    week = {day: (Hours(time(9, 30), time(20, 30)),) for day in range(5)}
    rooms = tuple(
        Venue(
            f"room-{n}",
            f"Room {n}",
            easting=510_000 + dice.randrange(20_000),
            northing=175_000 + dice.randrange(15_000),
            capacity=dice.choice([25, 30, 40, 60]),
            access=(STEP_FREE, LOOP) if n % 3 else (STEP_FREE,),
        )
        for n in range(ROOMS)
    )
    facilitators = (
        Worker(f"facilitator-{n}", f"F{n}", WorkerKind.FACILITATOR, _shifts(dice), 360)
        for n in range(FACILITATORS)
    )
    interpreters = (
        Worker(f"bsl-{n}", f"B{n}", WorkerKind.PROFESSIONAL, _days(dice), 300, frozenset({BSL}))
        for n in range(INTERPRETERS)
    )
    workers = (*facilitators, *interpreters)
    return Hub("west-london", week, 2, rooms, Venue("online", "Online", online=True), workers, 1)


def _shifts(dice: random.Random) -> dict[int, tuple[Hours, ...]]:
    return {day: (dice.choice(SHIFTS),) for day in dice.sample(range(5), 4)}


def _days(dice: random.Random) -> dict[int, tuple[Hours, ...]]:
    return {day: (Hours(time(9), time(21)),) for day in dice.sample(range(5), 4)}


def _wishes(dice: random.Random) -> list[Wish]:
    people = [_person(dice, n) for n in range(ENGAGEMENTS * PANEL)]
    return [_wish(dice, n, people[n * PANEL : (n + 1) * PANEL]) for n in range(ENGAGEMENTS)]


def _person(dice: random.Random, number: int) -> Attendant:
    week = [WeeklySlot(day, part) for day in range(5) for part in PARTS if dice.random() < 0.45]
    needs = {BSL_USER: 0.03, WHEELCHAIR: 0.08, HEARING_LOOP: 0.05}
    return Attendant(
        f"person-{number}",
        1,
        active=True,
        online=dice.random() < 0.7,
        in_person=dice.random() < 0.9,
        travel_km=dice.choice([5, 8, 10, 15]),
        easting=510_000 + dice.randrange(20_000),
        northing=175_000 + dice.randrange(15_000),
        needs=tuple(code for code, share in needs.items() if dice.random() < share),
        weekly=tuple(week) if dice.random() < 0.8 else (),
        hard=tuple(each for each in week if dice.random() < 0.2),
    )


def _wish(dice: random.Random, number: int, people: Sequence[Attendant]) -> Wish:
    members = tuple(
        Member(each.id, each.id, {"sex": dice.choice("mf"), "age": dice.choice("abc")})
        for each in people
    )
    quotas = [Quota("sex", each, 4, 11) for each in "mf"]
    quotas += [Quota("age", each, 2, 8) for each in "abc"]
    rhythm = Rhythm(SESSIONS, dice.choice([90, 120]), 14)
    terms = Terms(WINDOW, rhythm, dice.random() < 0.5, in_person=True)
    engagement = Engagement(
        f"engagement-{number}",
        1,
        "west-london",
        open=True,
        reference=f"E-{number}",
        title="Title",
        description="",
        partner="Trust",
        terms=terms,
    )
    return Wish(engagement, rhythm, WINDOW, people, members, quotas, PANEL)
