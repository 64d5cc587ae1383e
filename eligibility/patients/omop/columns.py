"""SQL that reads a column as what it should be, whatever its type; a cell that cannot be so is NULL, and is named."""

from __future__ import annotations

from collections.abc import Mapping

from eligibility.patients.omop.tables import PERSON_ID, Kind, Table

FAULTY = "faulty cells"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_FLOATS = ("DOUBLE", "FLOAT", "DECIMAL")
_LONGEST = 500
# The years that `read_when` takes too; an end may be as late as a calendar goes.
_FIRST, _LAST, _LAST_END = "DATE '1800-01-01'", "DATE '2199-12-31'", "DATE '9999-12-31'"
_SQL_TYPES: dict[Kind, str] = {
    "id": "BIGINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "end": "DATE", "text": "VARCHAR",
}  # fmt: skip


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string, where SQL takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def selected(table: Table, source: str, types: Mapping[str, tuple[str, str]]) -> str:
    """The rows of a table in the order of its persons, and last in each row the columns whose cells are wrong.

    `types` gives for each column in small letters its name and type as they are; columns that are not there are NULL.
    """
    cells = [f"{as_kind(column, kind, types)} AS {name(column)}" for column, kind in table.columns.items()]
    wrong = [part for column, kind in table.columns.items() if (part := _wrong(column, kind, types))]
    faulty = f"nullif(concat_ws(', ', {', '.join(wrong)}), '')" if wrong else "NULL"
    order = ", ".join(f"{name(column)} NULLS FIRST" for column in dict.fromkeys((PERSON_ID, table.key)))
    return f"SELECT {', '.join(cells)}, {faulty} AS {name(FAULTY)} FROM {source} ORDER BY {order}"


def as_kind(column: str, kind: Kind, types: Mapping[str, tuple[str, str]]) -> str:
    """The expression for one column."""
    if column not in types:
        return f"CAST(NULL AS {_SQL_TYPES[kind]})"
    written, type = types[column]
    return _READ[kind](name(written), type.partition("(")[0])


def _wrong(column: str, kind: Kind, types: Mapping[str, tuple[str, str]]) -> str:
    if kind == "text" or column not in types or (kind == "id" and types[column][1] in _WHOLE):
        return ""
    filled = f"nullif(trim(CAST({name(types[column][0])} AS VARCHAR)), '') IS NOT NULL"
    return f"CASE WHEN {filled} AND {as_kind(column, kind, types)} IS NULL THEN {literal(column)} END"


def _id(cell: str, type: str) -> str:
    if type in _WHOLE:
        return f"CAST({cell} AS BIGINT)"
    if type in _FLOATS:
        return f"CASE WHEN {cell} = floor({cell}) THEN TRY_CAST({cell} AS BIGINT) END"
    # a cast alone would round 12.7 to the number of another row
    text = f"trim(CAST({cell} AS VARCHAR))"
    return rf"CASE WHEN regexp_full_match({text}, '-?\d+(\.0*)?') THEN TRY_CAST({text} AS BIGINT) END"


def _number(cell: str, type: str) -> str:
    value = cell if type in (*_WHOLE, *_FLOATS) else f"trim(CAST({cell} AS VARCHAR))"
    return f"CASE WHEN isfinite(TRY_CAST({value} AS DOUBLE)) THEN TRY_CAST({value} AS DOUBLE) END"


def _date(cell: str, type: str) -> str:
    return _between(cell, type, "DATE", _LAST)


def _datetime(cell: str, type: str) -> str:
    return _between(cell, type, "TIMESTAMP", _LAST)


def _end(cell: str, type: str) -> str:
    return _between(cell, type, "DATE", _LAST_END)


def _between(cell: str, type: str, wanted: str, last: str) -> str:
    value = cell if type == "DATE" or type.startswith("TIMESTAMP") else f"trim(CAST({cell} AS VARCHAR))"
    return f"CASE WHEN TRY_CAST({value} AS DATE) BETWEEN {_FIRST} AND {last} THEN TRY_CAST({value} AS {wanted}) END"


def _text(cell: str, type: str) -> str:
    return f"nullif(trim(left(CAST({cell} AS VARCHAR), {_LONGEST})), '')"


_READ = {"id": _id, "number": _number, "date": _date, "datetime": _datetime, "end": _end, "text": _text}
