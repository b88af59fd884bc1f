"""An engagement, and the rules of what a partner may ask for."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.intake.domain.availability import read_days
from services.intake.domain.faults import Report, is_shown
from services.intake.domain.form import Form
from services.intake.domain.order import NEVER, Said
from services.intake.domain.person_rules import AGE_BANDS, QUESTIONS
from services.intake.domain.places import Place, Spot, read_place
from shared.contact_details import is_plain_line

OPEN, CANCELLED = "open", "cancelled"
POPULATION = "population"
NOT_ONE_LINE = "Must be one line, without signs that nobody sees."
LONGEST_WINDOW = timedelta(days=3 * 366)
"""Work for later services grows with the days of a window; a typo in a year must not stop them."""
IN_ORDER = (
    ("min", "max", "The most lies below the least."),
    ("min_flex", "min", "The least lies below what it may give way to."),
    ("max", "max_flex", "What the most may give way to lies below it."),
)
QUOTA_FEATURES = (*QUESTIONS, "age_band", "borough")


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a partner asks for, as it is told to the other services; `state` is its whole state."""

    id: str
    hub: str
    publisher: str
    reference: str
    state: Mapping[str, Any]
    status: str = OPEN
    stated_at: datetime | None = None
    sequence: int | None = None
    version: int = 0

    def is_later_than(self, said: Said) -> bool:
        """Whether the publisher has said something later of it."""
        return said.is_before(Said(self.stated_at, self.sequence))

    def called_off(self, said: Said) -> "Engagement":
        """Return it called off, with the place of this news noted; what is later stays."""
        if self.is_later_than(said):
            return replace(self, status=CANCELLED)
        return replace(self, status=CANCELLED, stated_at=said.stated_at, sequence=said.sequence)


@dataclass(frozen=True, slots=True)
class Session:
    """Whose a session is."""

    id: str
    hub: str
    engagement_id: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Attended:
    """Whether one participant came."""

    participant_id: str
    attended: bool
    hours: float | None
    publisher: str = ""
    said: Said = NEVER

    def is_before(self, other: "Attended") -> bool:
        """Whether the other was said later; of two who said it, only the times are compared."""
        if self.publisher == other.publisher:
            return self.said.is_before(other.said)
        return Said(self.said.stated_at).is_before(Said(other.said.stated_at))


@dataclass(frozen=True, slots=True)
class Attendance:
    """All that is known of who came to a session; `id` is the session's.

    Of those kept in earlier versions the engagement is not known.
    """

    id: str
    hub: str
    engagement_id: str | None = None
    attended: tuple[Attended, ...] = ()
    version: int = 0

    def with_all(self, news: tuple[Attended, ...]) -> tuple[Attended, ...]:
        """Return who came, the news standing above what is not known to have been said later."""
        newer = [each for each in news if not self.is_later_than(each)]
        return tuple({each.participant_id: each for each in (*self.attended, *newer)}.values())

    def is_later_than(self, news: Attended) -> bool:
        """Whether something later is known of whether this participant came."""
        return any(
            known.participant_id == news.participant_id and news.is_before(known)
            for known in self.attended
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """The step of the ladder that somebody experienced; who, only where the publisher said so."""

    id: str
    hub: str
    engagement_id: str
    participant_id: str | None
    ladder_step: str
    recorded_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure of a series: an aggregate, never about a person."""

    id: str
    hub: str
    engagement_id: str
    measure: str
    period: str
    value: float
    denominator: float | None = None
    said: Said = NEVER
    version: int = 0


def check_engagement(
    form: Form, spot: Spot | None, *, boroughs: AbstractSet[str], today: date, report: Report
) -> Place | None:
    """Report what no engagement may be; return where it takes place, when it has a postcode."""
    place_form = form.form("place")
    place = read_place(place_form, spot, report)
    _check_place(place_form, report)
    _check_dates(form, today, report)
    _check_eligibility(form.form("eligibility"), boroughs, report)
    _check_quotas(form, boroughs, report)
    _check_over_representation(form, boroughs, report)
    for name in ("title", "partner", "decision_owner"):
        text = form.text(name)
        if text and not text.strip():
            report.fault(form.pointer(name), "blank", "Must not be blank.")
        elif not is_plain_line(text):
            report.fault(form.pointer(name), "not-one-line", NOT_ONE_LINE)
    return place


def _check_place(form: Form, report: Report) -> None:
    online, in_person = form.flag("online", default=False), form.flag("in_person", default=True)
    if not (online or in_person):
        sentence = "An engagement takes place in person, online or both."
        report.fault(form.pointer("in_person"), "nowhere", sentence)
    if in_person and not form.is_stated("postcode") and form.at not in form.broken:
        sentence = "An engagement in person needs the postcode of its place."
        report.fault(form.pointer("postcode"), "postcode-missing", sentence)


def _check_dates(form: Form, today: date, report: Report) -> None:
    window = read_days(form.form("window"), report)
    feedback_due = form.day("feedback_due", report)
    if window and window.end < today:
        sentence = "The window for the sessions lies in the past."
        report.fault(form.form("window").pointer("to"), "in-the-past", sentence)
    if window and feedback_due and feedback_due <= window.start:
        sentence = "Feedback is due after the window for the sessions has begun."
        report.fault(form.pointer("feedback_due"), "order", sentence)
    if window and max(window.end - today, window.end - window.start) > LONGEST_WINDOW:
        sentence = "The window for the sessions is at most three years long and ends within three."
        report.fault(form.form("window").pointer("to"), "too-far", sentence)


def _check_eligibility(form: Form, boroughs: AbstractSet[str], report: Report) -> None:
    youngest, oldest = form.number("age_min"), form.number("age_max")
    if youngest is not None and oldest is not None and youngest > oldest:
        sentence = "The greatest age lies below the smallest."
        report.fault(form.pointer("age_max"), "order", sentence)
    for where, name in form.texts("boroughs"):
        if name not in boroughs:
            sentence = "Must be the name of a London borough, such as Hammersmith and Fulham."
            report.fault(where, "unknown-borough", sentence)


def _check_quotas(form: Form, boroughs: AbstractSet[str], report: Report) -> None:
    if isinstance(form.values.get("quotas"), str):
        return
    places = form.number("places")
    quotas = form.form("quotas")
    _check_features(quotas, boroughs, report)
    for feature in quotas.values:
        if feature in QUOTA_FEATURES:
            _check_bounds(quotas.form(feature), places, report)


def _check_over_representation(form: Form, boroughs: AbstractSet[str], report: Report) -> None:
    """Report what is no feature or value; of those that are, matching says what nobody counts."""
    raised = form.form("over_representation")
    quotas_are_broken = form.pointer("quotas") in form.broken
    if raised.values and form.values.get("quotas") != POPULATION and not quotas_are_broken:
        sentence = f"Raises shares of the population: the quotas must be {POPULATION}."
        report.fault(raised.at, "quotas-not-population", sentence)
    _check_features(raised, boroughs, report)


def _check_features(asked: Form, boroughs: AbstractSet[str], report: Report) -> None:
    for feature in asked.values:
        if feature in QUOTA_FEATURES:
            _check_values(feature, asked.form(feature), boroughs, report)
            continue
        sentence = f"Quotas are set on {', '.join(QUOTA_FEATURES)}."
        where = asked.pointer(feature) if is_shown(feature) else asked.at
        report.fault(where, "unknown-feature", sentence)


def _check_values(feature: str, asked: Form, boroughs: AbstractSet[str], report: Report) -> None:
    values = _values(feature, boroughs)
    if values and not set(asked.values) <= values:
        kind = "names of London boroughs" if feature == "borough" else ", ".join(sorted(values))
        report.fault(asked.at, "unknown-value", f"The values of this feature are: {kind}.")


def _values(feature: str, boroughs: AbstractSet[str]) -> AbstractSet[str]:
    if feature == "age_band":
        return AGE_BANDS.keys()
    return boroughs if feature == "borough" else QUESTIONS[feature]


def _check_bounds(bounds: Form, places: float | None, report: Report) -> None:
    pairs = [
        (each, each.number("min"), each.number("max"))
        for each in (bounds.form(value) for value in bounds.values)
    ]
    for each, *_ in pairs:
        for lower, upper, sentence in IN_ORDER:
            least, most = each.number(lower), each.number(upper)
            if least is not None and most is not None and least > most:
                where = each.pointer(upper) if is_shown(each.at.rsplit("/", 1)[-1]) else bounds.at
                report.fault(where, "order", sentence)
    if places is None:
        return
    if sum(least or 0 for _, least, _ in pairs) > places:
        sentence = "The least of all values together are more than there are places."
        report.fault(bounds.at, "quotas-above-places", sentence)
    every_value = set(bounds.values) == AGE_BANDS.keys()
    at_most = sum(places if most is None else most for *_, most in pairs)
    if every_value and at_most < places:
        sentence = "The most of all values together are fewer than there are places."
        report.fault(bounds.at, "quotas-below-places", sentence)
