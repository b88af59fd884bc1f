"""What must become of the input: counted from how it was made, not from what a service says."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.demo.loader import BASE_DATE
from deploy.demo.plan import AMQP, CSV, HTTP, XLSX, Entry
from deploy.demo.shapes import Fields

INFEASIBLE = ("NWL-2026-008",)


@dataclass(frozen=True)
class Sent:
    """An entry at its place in a file; a row of a sheet has no event id."""

    entry: Entry
    number: int
    event_id: str | None = None


def expected(
    sent: dict[str, list[Sent]], engagements: Sequence[Fields], later: Sequence[Fields]
) -> Fields:
    """Tell for each file what is accepted, what is rejected and why, and what is a repetition."""
    cancelled = [event["subject"] for event in later if "cancelled" in str(event["type"])]
    everything = [one for file in (HTTP, AMQP, CSV, XLSX) for one in sent[file]]
    return {
        "base_date": BASE_DATE.isoformat(),
        "files": {
            **{file: _file(sent[file]) for file in (HTTP, AMQP, CSV, XLSX)},
            "engagements.jsonl": _all_accepted(engagements),
            "later.jsonl": _all_accepted(later),
        },
        "people": _counts(everything),
        "participants_by_hub": dict(
            sorted(Counter(one.entry.hub for one in everything if _is_new(one)).items())
        ),
        "engagements": {
            "by_hub": dict(sorted(Counter(str(event["hub"]) for event in engagements).items())),
            "infeasible": list(INFEASIBLE),
            "cancelled_later": cancelled,
        },
    }


def _file(sent: list[Sent]) -> Fields:
    return {
        **_counts(sent),
        "faults": [_faulty(one) for one in sent if one.entry.fault],
        "repetitions": [_repeated(one) for one in sent if one.entry.repeats],
    }


def _counts(sent: list[Sent]) -> Fields:
    rejected = _sorted_counts(one.entry.fault.kind for one in sent if one.entry.fault)
    return {
        "sent": len(sent),
        "accepted": sum(one.entry.fault is None for one in sent),
        "rejected": sum(rejected.values()),
        "rejected_by_fault": rejected,
        "repeated": _sorted_counts(one.entry.repeats for one in sent if one.entry.repeats),
        "participants": sum(map(_is_new, sent)),
        "monitoring_left_out": sum(map(_is_left_out, sent)),
    }


def _sorted_counts(kinds: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(kinds).items()))


def _is_new(one: Sent) -> bool:
    return one.entry.fault is None and one.entry.repeats is None


def _is_left_out(one: Sent) -> bool:
    """Whether the submission is accepted, but without its answers: nobody consented to them."""
    said = one.entry.submission
    unconsented = bool(said.get("monitoring")) and "monitoring" not in said["consent"]
    return one.entry.fault is None and unconsented


def _faulty(one: Sent) -> Fields:
    fault = one.entry.fault
    pointers = list(fault.pointers) if fault else []
    return {**_place(one), "fault": fault.kind if fault else "", "pointers": pointers}


def _repeated(one: Sent) -> Fields:
    return {**_place(one), "repeats": one.entry.repeats}


def _place(one: Sent) -> Fields:
    place: Fields = {"number": one.number, "reference": one.entry.submission["reference"]}
    return {**place, "id": one.event_id} if one.event_id else place


def _all_accepted(events: Sequence[Fields]) -> Fields:
    return {"sent": len(events), "accepted": len(events), "rejected": 0}
