"""What goes through which door: who submits whom, with which mistakes and repetitions."""

from dataclasses import dataclass
from random import Random

from deploy.demo import census, faults, traits
from deploy.demo.faults import Fault
from deploy.demo.people import People
from deploy.demo.profile import PROFILE
from deploy.demo.shapes import Person, Resident, Submission

WEST_LONDON, LAMBETH = "west-london", "lambeth"
HTTP, AMQP = "people-http.jsonl", "people-amqp.jsonl"
CSV, XLSX = "people-import.csv", "people-import.xlsx"

REFERENCES = {
    "nwl-trust": "NWL-P-{:05}",
    "borough-of-brent": "BRENT-{:05}",
    "lambeth-hub": "LAM-P-{:05}",
    "staff-import": "WLC-{:05}",
}
NEAR_BRENT = frozenset({"Brent", "Harrow", "Ealing"})


@dataclass(frozen=True)
class Batch:
    """People of one hub whom one publisher submits through one door."""

    file: str
    publisher: str
    hub: str
    size: int


BATCHES = (
    Batch(AMQP, "borough-of-brent", WEST_LONDON, 750),
    Batch(HTTP, "nwl-trust", WEST_LONDON, 750),
    Batch(CSV, "staff-import", WEST_LONDON, 250),
    Batch(XLSX, "staff-import", WEST_LONDON, 250),
    Batch(HTTP, "lambeth-hub", LAMBETH, 150),
    Batch(AMQP, "lambeth-hub", LAMBETH, 150),
)
FAULTY = BATCHES[:4]
REPEATED = dict(zip(FAULTY, (2, 2, 1, 1), strict=True))
"""How often each batch repeats a contact, and as often a name with a date of birth."""


@dataclass(frozen=True)
class Entry:
    """One submission as it is sent; `repeats` says in which way it repeats another one."""

    file: str
    publisher: str
    hub: str
    submission: Submission
    fault: Fault | None = None
    repeats: str | None = None


class Plan:
    """Draws all people, then the mistakes, the repetitions, and consents that were not asked."""

    def __init__(self, rng: Random, people: People, boroughs: list[census.Borough]) -> None:
        self._rng = rng
        self._people = people
        self._boroughs = boroughs
        self._count = 0
        self.population: list[Person] = []
        self.entries: list[Entry] = []

    def draw(self) -> None:
        """Fill `population` with who becomes a participant, `entries` with all that is sent."""
        self._draw_population()
        for batch in FAULTY:
            self._draw_faulty(batch)
        self._repeat()
        self._rng.shuffle(self.entries)
        self._forget_consents()

    def draw_contact_preferences(self, rng: Random) -> None:
        """Say of a few how they want to hear, by a lot of its own: all else is drawn without it."""
        for entry in self.entries:
            wish = traits.contact_preference(rng)
            if wish and not entry.fault and not entry.repeats:
                entry.submission["contact_preference"] = wish

    def _draw_population(self) -> None:
        west = self._residents(WEST_LONDON, 2_000)
        west.sort(key=lambda resident: resident.borough not in NEAR_BRENT)
        near_brent, others = west[: BATCHES[0].size], west[BATCHES[0].size :]
        self._rng.shuffle(others)
        queue = [*near_brent, *others, *self._residents(LAMBETH, 300)]
        unasked = round(len(queue) * PROFILE.no_monitoring_rate)
        silent = set(self._rng.sample(range(len(queue)), unasked))
        turns = enumerate(queue)
        for batch in BATCHES:
            for index, resident in (next(turns) for _ in range(batch.size)):
                person = self._person(batch, resident, monitored=index not in silent)
                self.population.append(person)
                self.entries.append(_entry(batch, person.submission))

    def _residents(self, hub: str, total: int) -> list[Resident]:
        here = [
            borough
            for borough in self._boroughs
            if (borough.name == census.LAMBETH) == (hub == LAMBETH)
        ]
        return census.residents(self._rng, hub, total, here)

    def _draw_faulty(self, batch: Batch) -> None:
        events = batch.file in {HTTP, AMQP}
        planned = faults.IN_EVENTS if events else faults.IN_ROWS
        strangers = iter(self._residents(batch.hub, sum(planned.values())))
        for fault, count in planned.items():
            for _ in range(count):
                person = self._person(batch, next(strangers), monitored=True)
                submission = faults.spoiled(person.submission, fault)
                self.entries.append(_entry(batch, submission, fault=fault))

    def _repeat(self) -> None:
        known = [
            entry.submission
            for entry in self.entries
            if entry.fault is None
            and entry.hub == WEST_LONDON
            and "date_of_birth" in entry.submission
        ]
        chosen = iter(self._rng.sample(known, 2 * sum(REPEATED.values())))
        for batch, times in REPEATED.items():
            for _ in range(times):
                self._repeat_contact(batch, next(chosen))
                self._repeat_birth(batch, next(chosen))

    def _repeat_contact(self, batch: Batch, submission: Submission) -> None:
        again = faults.same_contact(submission, self._reference(batch.publisher))
        self.entries.append(_entry(batch, again, repeats="same_contact"))

    def _repeat_birth(self, batch: Batch, submission: Submission) -> None:
        email = self._people.book.email(submission["name"]["display"])
        reference = self._reference(batch.publisher)
        again = faults.same_name_and_birth(submission, reference, email)
        self.entries.append(_entry(batch, again, repeats="same_name_and_birth"))

    def _forget_consents(self) -> None:
        answered = [
            entry.submission
            for entry in self.entries
            if not entry.fault and not entry.repeats and entry.submission.get("monitoring")
        ]
        for submission in self._rng.sample(answered, PROFILE.monitoring_unconsented):
            del submission["consent"]["monitoring"]

    def _person(self, batch: Batch, resident: Resident, *, monitored: bool) -> Person:
        reference = self._reference(batch.publisher)
        return self._people.person(resident, reference, monitored=monitored)

    def _reference(self, publisher: str) -> str:
        self._count += 1
        return REFERENCES[publisher].format(self._count)


def _entry(
    batch: Batch, submission: Submission, *, fault: Fault | None = None, repeats: str | None = None
) -> Entry:
    return Entry(batch.file, batch.publisher, batch.hub, submission, fault, repeats)
