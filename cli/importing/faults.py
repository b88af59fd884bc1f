"""Faults of a row in the words of its spreadsheet: by column, and ours where we know better."""

import json
from collections.abc import Iterable

from pydantic import ValidationError

from cli.importing.mapping import Mapping
from cli.importing.submissions import Submitted, field_of, pointer_of
from cli.outcomes import Finding
from shared.contracts.submissions import SubmittedParticipant

SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "string_too_short": "This is empty.",
    "string_too_long": "This is too long.",
    "literal_error": "This is none of the values that are possible.",
    "enum": "This is none of the values that are possible.",
    "string_pattern_mismatch": "This has a character or a form that is not possible here.",
    "bool_type": "Write yes or no.",
    "bool_parsing": "Write yes or no.",
}
OTHERWISE = "This does not have the form that is asked for."


def shape_findings(found: Submitted) -> list[Finding]:
    """Check a row as far as that is possible without intake: the shape of what it says."""
    try:
        SubmittedParticipant.model_validate_json(json.dumps(found.data))
    except ValidationError as error:
        return [
            Finding(
                "/".join(("/data", *map(str, fault["loc"]))),
                fault["type"],
                SENTENCES.get(fault["type"], OTHERWISE),
            )
            for fault in error.errors(include_url=False, include_input=False)
        ]
    return []


def by_column(found: Submitted, mapping: Mapping, faults: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return all faults of a row, each once, under its column's heading, else its field's name."""
    own = {finding.pointer: finding for finding in found.findings}
    told = dict(own)
    for fault in faults:
        if any(_is_within(fault.pointer, pointer) for pointer in own):
            continue
        heading = _heading(found, mapping, fault.pointer)
        told[f"{fault.pointer} {fault.code}"] = Finding(
            fault.pointer, fault.code, fault.sentence, heading
        )
    return tuple(told.values())


def _heading(found: Submitted, mapping: Mapping, pointer: str) -> str | None:
    """Return the heading of the column that said it or would; without one, the field's name."""
    said = [place for place in found.headings if _is_within(pointer, place)]
    if said:
        return found.headings[max(said, key=len)]
    columns = (h for h, path in mapping.columns.items() if _is_within(pointer_of(path), pointer))
    return next(columns, field_of(pointer))


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")
