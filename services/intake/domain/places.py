"""Postcodes, and the place that each stands for."""

from dataclasses import dataclass

from services.intake.domain.faults import Report
from services.intake.domain.form import Form
from shared.contact_details import normal_postcode

GRID_METRES = 500


@dataclass(frozen=True, slots=True)
class Spot:
    """What the directory says of a postcode; metres on the British National Grid."""

    borough: str | None
    easting: int | None
    northing: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A postcode in its written form, and where it lies."""

    postcode: str
    borough: str | None
    easting: int | None
    northing: int | None


def read_place(form: Form, spot: Spot | None, report: Report) -> Place | None:
    """Return the place of the form's postcode; `spot` is what the directory said of it."""
    text = form.text("postcode")
    if not text:
        return None
    written = normal_postcode(text)
    if not written:
        sentence = "This is not a UK postcode, such as SW1A 1AA."
        report.fault(form.pointer("postcode"), "postcode", sentence)
        return None
    if spot is None:
        sentence = "There is no such postcode in the directory of the ONS."
        report.fault(form.pointer("postcode"), "unknown-postcode", sentence)
        return None
    return Place(written, spot.borough, spot.easting, spot.northing)


def rounded(metres: int | None) -> int | None:
    """Return a coordinate that leads to a neighbourhood and not to a door."""
    return None if metres is None else round(metres / GRID_METRES) * GRID_METRES
