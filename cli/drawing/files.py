"""People and quotas from plain files, in the form that sortition tools share."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cli.errors import CommandError, in_lines
from cli.importing.tables import Row, Table, heading_key, read_table
from shared.sortition.quotas import NOT_ANSWERED, Features, Quota, Quotas

COLUMNS = ("feature", "value", "min", "max")
REFERENCE_COLUMNS = ("category", "feature", "min", "max")
FLEX = ("min_flex", "max_flex")
ID = "id"
MOST_SHOWN = 3
MOST_NOTES = 10
MOST_DIGITS = 9
MOST = 10**MOST_DIGITS - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Who may be drawn, by id, and what the panel should look like; `notes` are no faults.

    `homes`: by person, what tells their household from others; nothing without such columns.
    """

    people: Mapping[str, Features]
    quotas: Quotas
    homes: Mapping[str, str]
    notes: tuple[str, ...]


def read_asked(
    people_file: Path, quotas_file: Path, id_column: str | None, household: Sequence[str] = ()
) -> Asked:
    """Read both files. Raises CommandError that names every fault of both."""
    faults: list[str] = []
    quotas = _quotas(quotas_file, faults)
    if not quotas:
        raise CommandError(in_lines(*faults))
    features = list(dict.fromkeys(quota.feature for quota in quotas))
    known = [*features, *([id_column] if id_column else [])]
    table = read_table(people_file, known, otherwise=f"{quotas_file} asks for {_listed(features)}")
    columns = {heading_key(heading): heading for heading in table.headings}
    faults += [
        f"{people_file} has no column {feature}, which {quotas_file} asks for."
        for feature in features
        if heading_key(feature) not in columns
    ]
    faults += [
        f"{people_file} has no column {name}; --household names columns of an address."
        for name in household
        if heading_key(name) not in columns
    ]
    id_heading = _id_column(people_file, table, features, id_column)
    ids = _ids(people_file, table, id_heading, faults)
    if faults:
        raise CommandError(in_lines(*faults))
    named = {(heading_key(q.feature), q.value.casefold()): q.value for q in quotas}
    people = {
        person: {feature: _value(row, columns, feature, named) for feature in features}
        for person, row in zip(ids, table.rows, strict=True)
    }
    homes = {
        person: _home(row, [columns[heading_key(name)] for name in household])
        for person, row in zip(ids, table.rows, strict=True)
    }
    notes = [] if id_column else [_note_of_ids(id_heading)]
    return Asked(people, quotas, homes, (*notes, *_notes(people, quotas, named)))


def _listed(names: Sequence[str]) -> str:
    return f"a column {names[0]}" if len(names) == 1 else f"the columns {', '.join(names)}"


def _note_of_ids(heading: str | None) -> str:
    if heading is None:
        return "no column of ids: people go by the number of their row."
    return f"people go by the column {heading}."


def _home(row: Row, columns: Sequence[str]) -> str:
    """Return what people of one household share; nothing where a part of the address is missing."""
    parts = [heading_key(str(row.cells.get(name, ""))) for name in columns]
    return "\n".join(parts) if all(parts) else ""


def _quotas(file: Path, faults: list[str]) -> Quotas:
    headings = [*COLUMNS, *REFERENCE_COLUMNS, *FLEX]
    table = read_table(file, headings, otherwise="quotas have feature, value, min and max")
    columns = {heading_key(heading): heading for heading in table.headings}
    wanted = REFERENCE_COLUMNS if REFERENCE_COLUMNS[0] in columns else COLUMNS
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise CommandError(
            f"{file} has no column {', '.join(missing)}; "
            "it needs feature, value, min, max (or category, feature, min, max)."
        )
    quotas: dict[tuple[str, str], Quota] = {}
    spelt: dict[str, str] = {}
    for row in table.rows:
        quota = _quota(file, row, [columns[name] for name in wanted], columns, faults)
        if quota is None:
            continue
        feature = spelt.setdefault(heading_key(quota.feature), quota.feature)
        quota = replace(quota, feature=feature)
        key = (heading_key(feature), quota.value.casefold())
        if key in quotas:
            stands = f"{quota.feature}: {quota.value} stands twice; take one of the rows out."
            faults.append(f"{file} row {row.number}: {stands}")
        quotas[key] = quota
    return tuple(quotas.values())


def _quota(
    file: Path,
    row: Row,
    headings: Sequence[str],
    columns: Mapping[str, str],
    faults: list[str],
) -> Quota | None:
    feature, value = (" ".join(str(row.cells.get(name, "")).split()) for name in headings[:2])
    least, most = (_number(row.cells.get(name, "")) for name in headings[2:])
    flex = [row.cells.get(columns.get(name, ""), "") for name in FLEX]
    least_flex, most_flex = (None if cell == "" else _number(cell) for cell in flex)
    where = f"{file} row {row.number}"
    found = []
    if not feature or not value:
        found.append(f"{where}: feature or value is empty; write both.")
    if least is None or most is None:
        found.append(f"{where}: min or max is wrong; write whole numbers from 0 to {MOST}.")
    elif least > most:
        found.append(f"{where}: min {least} is more than max {most}.")
    if any(cell != "" and _number(cell) is None for cell in flex):
        found.append(
            f"{where}: min_flex or max_flex is wrong; write a whole number from 0 to {MOST}, "
            "or leave it empty."
        )
    elif least is not None and least_flex is not None and least_flex > least:
        found.append(f"{where}: min_flex {least_flex} is more than min {least}.")
    elif most is not None and most_flex is not None and most_flex < most:
        found.append(f"{where}: max_flex {most_flex} is less than max {most}.")
    faults += found
    if found or least is None or most is None:
        return None
    return Quota(feature, value, least, most, least_flex or 0, most_flex)


def _number(cell: object) -> int | None:
    text = str(cell).strip()
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def _id_column(file: Path, table: Table, features: Sequence[str], asked: str | None) -> str | None:
    """Return the column asked for, one named id or ..._id, or a first one that is no feature."""
    if asked is not None:
        found = [name for name in table.headings if heading_key(name) == heading_key(asked)]
        if not found:
            raise CommandError(f"{file} has no column {asked}; --id names the column of ids.")
        return found[0]
    keys = {heading_key(feature) for feature in features}
    free = [name for name in table.headings if heading_key(name) not in keys]
    named = sorted(
        (name for name in free if heading_key(name) == ID or heading_key(name).endswith("_id")),
        key=lambda name: heading_key(name) != ID,
    )
    if named:
        return named[0]
    return table.headings[0] if table.headings[0] in free else None


def _ids(file: Path, table: Table, column: str | None, faults: list[str]) -> list[str]:
    """Return each person's id; their row's number where the file has no ids."""
    if column is None:
        return [str(row.number) for row in table.rows]
    rows: dict[str, list[int]] = defaultdict(list)
    ids = []
    for row in table.rows:
        person = str(row.cells.get(column, "")).strip()
        rows[person].append(row.number)
        ids.append(person)
    for person, numbers in rows.items():
        where = ", ".join(map(str, numbers[:MOST_SHOWN]))
        if not person:
            faults.append(
                f"{file}: {column} is empty in row {where}{_more(numbers)}; give everybody one."
            )
        elif len(numbers) > 1:
            faults.append(
                f"{file}: the {column} {person!r} stands in rows {where}{_more(numbers)}; "
                "give each person one of their own."
            )
    return ids


def _more(numbers: Sequence[int]) -> str:
    return f" and {len(numbers) - MOST_SHOWN} more" if len(numbers) > MOST_SHOWN else ""


def _value(
    row: Row, columns: Mapping[str, str], feature: str, named: Mapping[tuple[str, str], str]
) -> str:
    """Return the value as the quotas spell it; case and space do not count."""
    text = " ".join(str(row.cells.get(columns[heading_key(feature)], "")).split())
    return named.get((heading_key(feature), text.casefold()), text)


def _notes(
    people: Mapping[str, Features], quotas: Quotas, named: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    said = Counter(
        (feature, value) for answers in people.values() for feature, value in answers.items()
    )
    for quota in quotas:
        if not said[quota.feature, quota.value] and quota.min == 0:
            yield f"nobody has {quota.feature}: {quota.value}."
    unnamed = []
    for (feature, value), count in sorted(said.items()):
        if (heading_key(feature), value.casefold()) in named:
            continue
        if value.casefold() in NOT_ANSWERED:
            yield f"{_people(count)} no answer for {feature}; they count for none of its quotas."
        else:
            unnamed.append(f"{_people(count)} {feature}: {value!r}, which no quota names.")
    yield from unnamed[:MOST_NOTES]
    if len(unnamed) > MOST_NOTES:
        yield f"{len(unnamed) - MOST_NOTES} more values that no quota names."


def _people(count: int) -> str:
    return f"{count} {'person has' if count == 1 else 'people have'}"
