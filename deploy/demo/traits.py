"""What people need, have lived through and can make time for, at the rates of the profile."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from deploy.demo.loader import BASE_DATE
from deploy.demo.profile import AGE_BANDS, ETHNIC_GROUPS, PROFILE, Experience
from deploy.demo.shapes import (
    Availability,
    Away,
    ContactPreference,
    Exclusions,
    Language,
    Resident,
    Slot,
)

Key = TypeVar("Key")

OLDEST = 92
WEEKS_AHEAD = 12


def drawn(rng: Random, weights: Mapping[Key, float]) -> Key:
    """Draw one key in proportion to its weight."""
    [key] = rng.choices(list(weights), list(weights.values()))
    return key


def birth(rng: Random, age_band: str) -> date:
    """Draw a date of birth whose age on the base date lies in the band."""
    youngest, _, oldest = age_band.replace("+", f"-{OLDEST}").partition("-")
    age = rng.randint(int(youngest), int(oldest))
    turned = BASE_DATE.replace(year=BASE_DATE.year - age)
    return turned - timedelta(days=rng.randrange(365))


def languages(rng: Random, resident: Resident) -> list[Language]:
    """Draw English, another language, or both; an interpreter only for another."""
    spoken = ETHNIC_GROUPS[resident.ethnicity].languages
    code = drawn(rng, {**spoken, "en": 1 - sum(spoken.values())})
    if code == "en":
        return [{"code": "en", "interpreter": False}]
    if rng.random() < PROFILE.interpreter_rate:
        return [{"code": code, "interpreter": True}]
    return [{"code": "en", "interpreter": False}, {"code": code, "interpreter": False}]


def needs(rng: Random, resident: Resident, spoken: list[Language]) -> list[str]:
    """Draw codes of needs, with that of the interpreter where one is needed."""
    found = [
        code
        for code, need in PROFILE.needs.items()
        if rng.random() < (need.disabled if resident.disabled else need.others)
    ]
    interpreters = [
        PROFILE.languages[language["code"]].interpreter
        for language in spoken
        if language["interpreter"]
    ]
    return found + interpreters


def lived_experience(rng: Random, resident: Resident) -> list[str]:
    """Draw tags in the vocabulary's order, which puts causes before what follows from them."""
    tags: list[str] = []
    for tag, experience in PROFILE.lived_experience.items():
        if rng.random() < _rate(experience, resident, tags):
            tags.append(tag)
    return tags


def _rate(experience: Experience, resident: Resident, tags: list[str]) -> float:
    if resident.age_band not in experience.ages:
        return 0.0
    if experience.sex not in {None, resident.sex}:
        return 0.0
    return experience.then if experience.after in tags else experience.rate


def interests(rng: Random, tags: list[str]) -> list[str]:
    """Draw up to two kinds of engagement and at times one of the person's own tags."""
    kinds = sorted(rng.sample(PROFILE.kinds, rng.randint(0, 2)))
    also_a_tag = tags and rng.random() < PROFILE.tag_of_interest_rate
    return [*kinds, rng.choice(tags)] if also_a_tag else kinds


def availability(rng: Random, age_band: str) -> Availability:
    """Draw two or more days of one pattern or two, at times with days away."""
    band = AGE_BANDS.index(age_band)
    patterns = {name: pattern.weight[band] for name, pattern in PROFILE.availability.items()}
    chosen = sorted({drawn(rng, patterns) for _ in range(rng.choice([1, 2, 2]))})
    weekly: list[Slot] = []
    for name in chosen:
        pattern = PROFILE.availability[name]
        days = rng.sample(pattern.days, rng.randint(2, len(pattern.days)))
        weekly += [
            {"day": day, "from": pattern.start, "to": pattern.end}
            for day in sorted(days, key=pattern.days.index)
        ]
    away = [_away(rng)] if rng.random() < PROFILE.exceptions_rate else []
    return {"weekly": weekly, "except": away}


def _away(rng: Random) -> Away:
    first = BASE_DATE + timedelta(days=rng.randrange(7, 7 * WEEKS_AHEAD))
    last = first + timedelta(days=rng.randint(0, 20))
    return {"from": first.isoformat(), "to": last.isoformat()}


def contact_preference(rng: Random) -> ContactPreference:
    """Return what is out of the ordinary in how somebody wants to hear; empty for most."""
    no_news, discreet = rng.random() < PROFILE.no_news_rate, rng.random() < PROFILE.discreet_rate
    wish = ContactPreference()
    if no_news:
        wish["news"] = False
    if discreet:
        wish["discreet"] = True
    return wish


def exclusions(rng: Random) -> Exclusions:
    """Draw, for few people, a partner or a site that they will not go back to."""
    if rng.random() >= PROFILE.exclusions_rate:
        return {"partners": [], "sites": []}
    if rng.choice(["partner", "site"]) == "partner":
        return {"partners": [rng.choice(PROFILE.partners)], "sites": []}
    return {"partners": [], "sites": [rng.choice(PROFILE.sites)]}


def monitoring(rng: Random, resident: Resident) -> dict[str, str]:
    """Answer the monitoring questions, leaving some out or preferring not to say."""
    detail = resident.ethnicity
    truth = {
        "ethnicity": ETHNIC_GROUPS[detail].group,
        "ethnicity_detail": detail,
        "sex": resident.sex,
        "disability": "yes" if resident.disabled else "no",
    }
    answers: dict[str, str] = {}
    for question, answer in truth.items():
        luck = rng.random()
        if luck < PROFILE.prefer_not_to_say_rate:
            answers[question] = "prefer-not-to-say"
        elif luck < 1 - PROFILE.unanswered_rate:
            answers[question] = answer
    return answers
