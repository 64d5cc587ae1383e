"""What the columns of a table are: the noun, and reading them from the headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients.patient import FindingKind
from eligibility.patients.recognise import Recognised, chosen, recogniser
from eligibility.patients.record import Concept
from eligibility.patients.table.headings import (
    BESIDE,
    LISTS,
    PERSON,
    ROW_DATES,
    SYSTEM_IN_NAME,
    Role,
    endings,
    fits,
    mentions,
    parted,
    person_role,
    tall_role,
)
from eligibility.patients.table.sheet import MOST_COLUMNS
from eligibility.vocabulary.tables import fold

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

# What a column of one name is rather than another: a number says more than a yes.
_KINDS = ("quantity", "scale", "state", "condition", "treatment", "procedure", "allergen")
_FACTS: dict[str, FindingKind] = {
    "condition": "condition", "treatment": "treatment", "procedure": "procedure", "state": "state",
}  # fmt: skip
_ONCE: tuple[Role, ...] = ("id", "date", "value", "kind", "system", "status", "unit", "start", "end")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, its heading as written, and what its cells say.

    `name` is the heading without its unit, `known` the word of a result or a finding, `unit` what the heading gives
    (of a code: its system), `fact` the kind of a finding or list, or of a yes to a scale, `of` the column that a unit,
    date or reference range belongs to, `how` why a column is not understood.
    """

    index: int
    heading: str
    role: Role = ""
    name: str = ""
    known: Recognised | None = None
    unit: str = ""
    fact: FindingKind | None = None
    of: int | None = None
    how: str = ""
    concept: Concept = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "concept", Concept((), self.heading))


@dataclass(frozen=True)
class Plan:
    """All columns of a table; `tall` when a row holds one observation."""

    columns: tuple[Column, ...]
    tall: bool

    @cached_property
    def _one(self) -> dict[Role, Column]:
        return {column.role: column for column in reversed(self.columns) if column.of is None}

    def one(self, role: Role) -> Column | None:
        """The column of this role that belongs to no other column."""
        return self._one.get(role)

    @cached_property
    def places(self) -> tuple[tuple[Role, int], ...]:
        """Where each role stands that belongs to no other column."""
        return tuple((role, column.index) for role, column in self._one.items())

    @cached_property
    def codes(self) -> tuple[Column, ...]:
        """The columns with codes."""
        return tuple(column for column in self.columns if column.role == "code")

    @cached_property
    def aside(self) -> tuple[Column, ...]:
        """What in a table of one observation a row is about the person, or not understood."""
        return tuple(column for column in self.columns if column.role in ("", *PERSON) and column.role != "id")

    def beside(self, index: int) -> dict[Role, int]:
        """Where the unit, date and reference range of a column stand."""
        return {column.role: column.index for column in self.columns if column.of == index}


def plan_of(path: str, headings: Sequence[str], vocabulary: Vocabulary) -> Plan:
    """What every column is. Raises InputError for headings that say the same or nothing that can be read."""
    _refuse(path, headings)
    tall = is_tall(headings)
    columns = _tall(headings) if tall else _wide(headings, vocabulary)
    _refuse_twins(path, columns)
    if tall and not any(column.role == "id" for column in columns):
        raise InputError(path, Fault("row 1", "no column says of which patient a row is", "add a column patient_id"))
    if not tall and not any(column.role not in ("", "id", "date") for column in columns):
        problem = f"none of the columns is understood: {', '.join(headings)[:200]}"
        raise InputError(path, Fault("row 1", problem, "the first line names the columns in words of the vocabulary"))
    return Plan(columns, tall)


def is_tall(headings: Sequence[str]) -> bool:
    """One observation a row: a column of names or codes, and one of values, or of kinds."""
    roles = {tall_role(heading) for heading in headings}
    return not roles.isdisjoint(("name", "code")) and not roles.isdisjoint(("value", "kind"))


def _refuse(path: str, headings: Sequence[str]) -> None:
    if len(headings) > MOST_COLUMNS:
        raise InputError(path, Fault("row 1", f"more than {MOST_COLUMNS:,} columns", "leave out what no trial asks"))
    counted = Counter(fold(heading) for heading in headings if heading.strip())
    faults = [Fault("row 1", f"the heading {name!r} stands twice", "keep one") for name, n in counted.items() if n > 1]
    if faults:
        raise InputError(path, *faults)


def _refuse_twins(path: str, columns: Sequence[Column]) -> None:
    faults = []
    for role in _ONCE:
        named = [column.heading for column in columns if column.role == role and column.of is None]
        if len(named) > 1:
            what = {"id": "the patient", "date": "the date of the row"}.get(role, f"the {role}")
            faults.append(Fault("row 1", f"{what} may stand in {' or '.join(named)}", "rename all but one"))
    if faults:
        raise InputError(path, *faults)


def _tall(headings: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for index, heading in enumerate(headings):
        column = _tall_column(index, heading)
        if column.role == "name" and any(other.role == "name" for other in columns):
            column = replace(column, role="", how="another column holds the names")
        columns.append(column)
    return tuple(columns)


def _tall_column(index: int, heading: str) -> Column:
    role = tall_role(heading) or person_role(heading)
    if not role:
        return Column(index, heading, how="is no column of a table with one observation a row")
    system = next((name for part, name in SYSTEM_IN_NAME if part in heading.casefold()), "") if role == "code" else ""
    return Column(index, heading, role, heading, unit=system)


def _wide(headings: Sequence[str], vocabulary: Vocabulary) -> tuple[Column, ...]:
    columns = [_wide_column(index, heading, vocabulary) for index, heading in enumerate(headings)]
    bases = [column for column in columns if column.role in ("result", "finding")]
    return tuple(_joined(column, bases) for column in columns)


def _wide_column(index: int, heading: str, vocabulary: Vocabulary) -> Column:
    name, unit = parted(heading)
    if role := person_role(name):
        return Column(index, heading, role, name, unit=unit)
    if fold(name) in ROW_DATES:
        return Column(index, heading, "date", name)
    if fold(name) in LISTS:
        return Column(index, heading, "list", name, fact=LISTS[fold(name)])
    known, called, unit = _word(heading, name, unit, vocabulary)
    return _of_word(Column(index, heading, name=called), known, unit)


def _of_word(column: Column, known: Recognised | None, unit: str) -> Column:
    if known is None:
        return replace(column, how="no name" if not column.heading.strip() else "not in the vocabulary")
    word = known.word
    if word.key in ("age", "sex"):
        return replace(column, role="age" if word.key == "age" else "sex", unit=unit)
    if word.kind in ("quantity", "scale"):
        fact: FindingKind | None = "condition" if mentions(column.name, word) else None
        return replace(column, role="result", known=known, unit=unit, fact=fact)
    if word.kind not in _FACTS:
        return replace(column, how=f"is an {word.kind}; write it in a column allergies")
    return replace(column, role="finding", known=known, fact=_FACTS[word.kind])


def _word(heading: str, name: str, unit: str, vocabulary: Vocabulary) -> tuple[Recognised | None, str, str]:
    """The word of a heading, the name and the unit in it: the whole, or what stands before a bracket or an ending."""
    whole, known = _called(heading, vocabulary), _called(name, vocabulary) if unit else None
    if whole is not None:
        same = known is not None and known.word.key == whole.word.key and fits(unit, whole.word)
        return (whole, name, unit) if same else (whole, heading, "")
    if known is not None and known.word.kind == "quantity":
        return known, name, unit
    for start, end in endings(name) if not unit else ():
        known = _called(start, vocabulary)
        if known is not None and fits(end, known.word):
            return known, start, end
    return None, name, ""


def _called(name: str, vocabulary: Vocabulary) -> Recognised | None:
    words = vocabulary.by_name(name)
    word: Word | None = chosen(words, _KINDS)
    if word is not None:
        return Recognised(word, "name")
    found = recogniser(vocabulary).event("condition", Concept((), name.replace("_", " ")))
    return found[0] if found else None


def _joined(column: Column, bases: Sequence[Column]) -> Column:
    """The column as the unit, date or range of another one, when its heading is that of the other with such an end."""
    name = fold(parted(column.heading)[0])
    for ending, role in BESIDE.items():
        base = name.removesuffix(f" {ending}")
        mine = [other for other in bases if other is not column and base != name and _is_called(other, base)]
        if len(mine) == 1 and (role in ("start", "end") or mine[0].role == "result"):
            return Column(column.index, column.heading, role, of=mine[0].index)
    return column


def _is_called(column: Column, name: str) -> bool:
    word = column.known.word if column.known else None
    return name in {fold(text) for text in (column.name, *((word.key, word.label) if word else ()))}
