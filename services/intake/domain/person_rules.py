"""The rules of what may be said of a person who is to become a participant."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.intake.domain.availability import read_availability
from services.intake.domain.contact_preference import read_contact_preference
from services.intake.domain.contacts import Contact, read_contacts
from services.intake.domain.faults import Report, pointer
from services.intake.domain.form import Form
from services.intake.domain.people import Consent, Identity, Language, Profile, StaysAwayFrom
from services.intake.domain.places import Place, Spot, read_place, rounded
from services.intake.domain.reminders import read_reminders
from shared.contact_details import normal_name

INVOLVEMENT = "involvement"
"""The purpose that nobody is asked into anything without."""

MONITORING = "monitoring"
"""The purpose without which no answer about equality is kept, told or counted."""

WAYS = frozenset({"paper", "phone", "web", "email", "text", "letter", "in person"})
OTHER_WAY = "other"

AGE_BANDS = {
    "16-24": (16, 24),
    "25-44": (25, 44),
    "45-64": (45, 64),
    "65-74": (65, 74),
    "75+": (75, 120),
}
YOUNGEST, OLDEST = 16, 120
CLOCKS_DIFFER = timedelta(minutes=5)

UNSAID = "prefer-not-to-say"
QUESTIONS: Mapping[str, AbstractSet[str]] = {
    "ethnicity": {"asian", "black", "mixed", "white", "other"},
    "ethnicity_detail": set(),
    "sex": {"female", "male"},
    "gender_identity": set(),
    "disability": {"yes", "no"},
    "religion": set(),
    "sexual_orientation": set(),
    "carer": {"yes", "no"},
}
"""Every question, with its answers (none: any tag); each may be answered with UNSAID."""


def read_person(
    form: Form,
    spot: Spot | None,
    *,
    needs: AbstractSet[str],
    time_zones: AbstractSet[str],
    now: datetime,
    report: Report,
) -> tuple[Identity, Profile]:
    """Return who a person is and what is known of them; of no use when the report has faults."""
    contacts = read_contacts(form, report)
    place = read_place(form, spot, report)
    born = _read_birth(form, now.date(), report)
    identity = Identity(
        display_name=_read_name(form.form("name"), "display", report),
        address_as=_read_name(form.form("name"), "address_as", report),
        contacts=contacts,
        postcode=place.postcode if place else None,
        born=born,
        stays_away_from=StaysAwayFrom(
            _once(form.form("exclusions"), "partners"), _once(form.form("exclusions"), "sites")
        ),
    )
    consents = _read_consents(form, now, report)
    stated = replace(
        _read_wishes(form, report),
        needs=_read_needs(form, needs, report),
        monitoring=_read_monitoring(form.form("monitoring"), consents, report),
        consents=consents,
        preferred_channel=_preferred(contacts),
        contact_preference=read_contact_preference(
            form.form("contact_preference"), time_zones, report
        ),
    )
    return identity, placed(aged(stated, form.text("age_band"), born, now.date()), place)


def _read_wishes(form: Form, report: Report) -> Profile:
    profile = Profile(
        travel_km=10.0 if (km := form.number("travel_km")) is None else km,
        online=form.flag("online", default=True),
        in_person=form.flag("in_person", default=True),
        languages=_read_languages(form),
        lived_experience=_once(form, "lived_experience"),
        interests=_once(form, "interests"),
        availability=read_availability(form.form("availability"), report),
        one_paid_activity_a_week=form.flag("one_paid_activity_a_week", default=False),
        reminders=read_reminders(form, report),
    )
    if not (profile.online or profile.in_person):
        sentence = "A person who comes neither in person nor online cannot be asked to anything."
        report.fault(form.pointer("in_person"), "nowhere", sentence)
    return profile


def placed(profile: Profile, place: Place | None) -> Profile:
    """Return the profile with where the person lives, roughly."""
    if place is None:
        return profile
    return replace(
        profile,
        borough=place.borough,
        easting=rounded(place.easting),
        northing=rounded(place.northing),
    )


def aged(profile: Profile, band: str, born: date | None, today: date) -> Profile:
    """Return the profile with the age, in years where the date of birth is known."""
    if born is None:
        first, last = AGE_BANDS.get(band, (None, None))
        return replace(profile, age_band=band or None, age_from=first, age_to=last)
    age = _age(born, today)
    [band] = [name for name, (first, last) in AGE_BANDS.items() if first <= age <= last] or [""]
    return replace(profile, age_band=band or None, age_from=age, age_to=age)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _read_birth(form: Form, today: date, report: Report) -> date | None:
    stated = [name for name in ("age_band", "date_of_birth") if form.is_stated(name)]
    if len(stated) != 1:
        sentence = "Give either the age band or the date of birth, and not both."
        report.fault(form.pointer("age_band"), "age", sentence)
    born = form.day("date_of_birth", report)
    if born and not YOUNGEST <= _age(born, today) <= OLDEST:
        sentence = f"Participants are between {YOUNGEST} and {OLDEST} years old."
        report.fault(form.pointer("date_of_birth"), "age-out-of-range", sentence)
    return born


def _read_name(form: Form, part: str, report: Report) -> str:
    text = form.text(part)
    name = normal_name(text)
    if text and name is None:
        sentence = "Must be a name on one line, and not blank."
        report.fault(form.pointer(part), "name", sentence)
    return name or ""


def _read_needs(form: Form, needs: AbstractSet[str], report: Report) -> tuple[str, ...]:
    for where, code in form.texts("needs"):
        if code not in needs:
            sentence = (
                "This is not the SNOMED CT code of a communication or access need known here."
            )
            report.fault(where, "unknown-need", sentence)
    return _once(form, "needs")


def _read_languages(form: Form) -> tuple[Language, ...]:
    spoken: dict[str, bool] = {}
    for each in form.forms("languages"):
        code, interpreter = each.text("code"), each.flag("interpreter", default=False)
        spoken[code] = spoken.get(code, False) or interpreter
    return tuple(Language(code, interpreter) for code, interpreter in spoken.items() if code)


def _read_monitoring(form: Form, consents: Mapping[str, Consent], report: Report) -> dict[str, str]:
    """Return the answers given, none of them without consent to this very purpose."""
    for question, answer in form.values.items():
        if question not in QUESTIONS:
            sentence = f"The questions are {_listed(QUESTIONS)}."
            report.fault(form.at + pointer(question), "unknown-question", sentence)
        elif QUESTIONS[question] and answer not in {*QUESTIONS[question], UNSAID}:
            sentence = f"Must be one of {_listed([*sorted(QUESTIONS[question]), UNSAID])}."
            report.fault(form.pointer(question), "not-one-of", sentence)
    if form.values and MONITORING not in consents:
        report.note(
            f"There is no consent for the purpose {MONITORING}: the answers to its questions were"
            " left out, and are not stored."
        )
        return {}
    return {question: answer for question, answer in form.values.items() if answer != UNSAID}


def _read_consents(form: Form, now: datetime, report: Report) -> dict[str, Consent]:
    consents: dict[str, Consent] = {}
    given = form.form("consent")
    for purpose in given.values:
        each = given.form(purpose)
        at = each.moment("given_at", report)
        if at is None:
            continue
        if at > now + CLOCKS_DIFFER:
            sentence = "Consent cannot have been given in the future."
            report.fault(each.pointer("given_at"), "in-the-future", sentence)
        consents[purpose] = Consent(each.text("version"), at, _way(each.text("how")))
    if "consent" in form.values and not given.is_stated(INVOLVEMENT):
        sentence = f"Consent for the purpose {INVOLVEMENT} is required, with its version and time."
        report.fault(form.pointer("consent"), "consent-missing", sentence)
    return consents


def _way(how: str) -> str:
    """Return how consent was given, by one of few words: what else was written is not kept."""
    said = how.strip().lower()
    return said if said in WAYS else OTHER_WAY


def _preferred(contacts: Iterable[Contact]) -> str:
    in_order = sorted(contacts, key=lambda contact: not contact.preferred)
    return in_order[0].channel if in_order else "email"


def _once(form: Form, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for _, text in form.texts(name)))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
