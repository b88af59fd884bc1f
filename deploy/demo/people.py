"""People with everything that is submitted of them."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from deploy.demo import traits
from deploy.demo.contacts import ContactBook
from deploy.demo.loader import BASE_DATE
from deploy.demo.profile import COMMUNITIES, ETHNIC_GROUPS, PROFILE
from deploy.demo.shapes import Consent, Name, Person, Resident, Submission

CONSENT_VERSIONS = ("2", "3")
CONSENT_WAYS = ("paper", "phone", "web")
TITLES = {"female": ("Ms", "Mrs"), "male": ("Mr",)}


class People:
    """Draws people whose contacts, and whose names with a date of birth, occur once."""

    def __init__(self, rng: Random, postcodes: dict[str, Iterator[str]]) -> None:
        self.book = ContactBook(rng)
        self._rng = rng
        self._postcodes = postcodes
        self._born: set[tuple[str, str]] = set()

    def person(self, resident: Resident, reference: str, *, monitored: bool) -> Person:
        """Draw one person; who is not `monitored` answered no question on equality."""
        rng, name = self._rng, self._name(resident)
        postcode = next(self._postcodes[resident.borough])
        spoken, tags = traits.languages(rng, resident), traits.lived_experience(rng, resident)
        way = traits.drawn(rng, PROFILE.attendance)
        submission: Submission = {
            "reference": reference,
            "name": name,
            "contacts": self.book.contacts(name["display"], postcode),
            "postcode": postcode,
            "languages": spoken,
            "needs": traits.needs(rng, resident, spoken),
            "lived_experience": tags,
            "interests": traits.interests(rng, tags),
            "availability": traits.availability(rng, resident.age_band),
            "travel_km": int(traits.drawn(rng, PROFILE.travel_km)),
            "online": way != "in_person",
            "in_person": way != "online",
            "exclusions": traits.exclusions(rng),
            "consent": {"involvement": self._consent()},
        }
        self._add_age(submission, resident)
        self._add_what_needs_consent(submission, resident, monitored=monitored)
        return Person(resident, submission)

    def _name(self, resident: Resident) -> Name:
        rng = self._rng
        community = COMMUNITIES[traits.drawn(rng, ETHNIC_GROUPS[resident.ethnicity].communities)]
        given = rng.choice(community.female if resident.sex == "female" else community.male)
        family = rng.choice(community.family)
        formal = f"{rng.choice(TITLES[resident.sex])} {family}"
        return {
            "display": f"{given} {family}",
            "address_as": given if rng.random() < PROFILE.first_name_rate else formal,
        }

    def _add_age(self, submission: Submission, resident: Resident) -> None:
        if self._rng.random() >= PROFILE.date_of_birth_rate:
            submission["age_band"] = resident.age_band
            return
        display = submission["name"]["display"]
        born = traits.birth(self._rng, resident.age_band).isoformat()
        while (display, born) in self._born:
            born = traits.birth(self._rng, resident.age_band).isoformat()
        self._born.add((display, born))
        submission["date_of_birth"] = born

    def _add_what_needs_consent(
        self, submission: Submission, resident: Resident, *, monitored: bool
    ) -> None:
        if monitored:
            submission["monitoring"] = traits.monitoring(self._rng, resident)
            submission["consent"]["monitoring"] = self._consent()
        if submission["needs"] and self._rng.random() < PROFILE.needs_sharing_rate:
            submission["consent"]["needs-sharing"] = self._consent()

    def _consent(self) -> Consent:
        rng = self._rng
        day = BASE_DATE - timedelta(days=rng.randint(7, 400))
        return {
            "version": rng.choice(CONSENT_VERSIONS),
            "given_at": f"{day}T{rng.randint(9, 17):02}:{rng.randrange(60):02}:00Z",
            "how": rng.choice(CONSENT_WAYS),
        }
