"""How a person wants to hear, beside the channel; silence takes away nothing that guards them."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from services.intake.domain.availability import WeeklySlot, read_slots
from services.intake.domain.faults import Report
from services.intake.domain.form import Form

LONDON = "Europe/London"


@dataclass(frozen=True, slots=True)
class ContactPreference:
    """What was said of it; None for what never was.

    `times` are wall time of `time_zone`, empty for whenever it is not quiet. Without `news` the
    person gets what they need to take part and nothing else. `discreet`: who sees a message must
    not learn from it what it is about.
    """

    times: tuple[WeeklySlot, ...] | None = None
    time_zone: str | None = None
    news: bool | None = None
    discreet: bool | None = None

    def said_after(self, known: "ContactPreference") -> "ContactPreference":
        """Return it with what it leaves out as it was known."""
        return ContactPreference(
            times=known.times if self.times is None else self.times,
            time_zone=known.time_zone if self.time_zone is None else self.time_zone,
            news=known.news if self.news is None else self.news,
            discreet=known.discreet if self.discreet is None else self.discreet,
        )

    def added_to(self, known: "ContactPreference") -> "ContactPreference":
        """Return what is known with what was never said before, and all that guards the person.

        No news and discretion stand once either says so: to be wrong about them is to disclose.
        """
        return replace(
            known.said_after(self),
            news=False if False in {self.news, known.news} else known.news or self.news,
            discreet=self.discreet or known.discreet,
        )


UNSAID = ContactPreference()


def read_contact_preference(
    form: Form, time_zones: AbstractSet[str], report: Report
) -> ContactPreference:
    """Return what is said, the times in order and put together; they are London's by default."""
    zone = form.text("time_zone")
    if zone and zone not in time_zones:
        sentence = f"Must be the name of a time zone in the IANA database, such as {LONDON}."
        report.fault(form.pointer("time_zone"), "unknown-time-zone", sentence)
    times = read_slots(form, "times", report) if form.is_stated("times") else None
    return ContactPreference(
        times=times,
        time_zone=zone or (None if times is None else LONDON),
        news=form.answer("news"),
        discreet=form.answer("discreet"),
    )
