"""OMOP tables wherever they are, as one database that reads nothing else and writes only into a private folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients.omop.columns import as_kind, literal, name, selected
from eligibility.patients.omop.files import header, in_archive, in_folder
from eligibility.patients.omop.tables import KNOWN, PERSON, PERSON_ID, Row, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SETTINGS = {
    "memory_limit": "1GB",
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
_BATCH = 2_000
_MOST_LINES = 20
_NO_PERSONS = Fault("", "holds no table of persons", "give the tables of OMOP CDM 5.3 or 5.4, person among them")
# The few kinds of relationship that lead upwards, kept of a table that may have a hundred million rows.
UPWARDS = ("Is a", "RxNorm is a", "RxNorm has ing", "Consists of", "Contains", "Tradename of")


@dataclass(slots=True)
class Source:
    """Where a table is: its name as SQL writes it, and by column in small letters the name and type as they are."""

    relation: str
    types: dict[str, tuple[str, str]] = field(default_factory=dict)


class Database:
    """The tables of one CDM. `faults` are of whole tables and lines: those of a row are in the row."""

    def __init__(self, connection: DuckDBPyConnection, sources: dict[str, Source], faults: list[Fault]) -> None:
        """`sources` has the tables that are there; tables that are not are empty."""
        self._connection, self.sources, self.faults = connection, sources, faults
        self._cursors: list[DuckDBPyConnection] = []

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table in the order of their persons; sorted outside memory where that is too small."""
        source = self.sources.get(table.name)
        if source is None:
            return
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        cursor.execute(selected(table, source.relation, source.types))
        columns = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(_BATCH):
            for cells in batch:
                yield dict(zip(columns, cells, strict=True))

    def close(self) -> None:
        """No row is read from here on."""
        for cursor in self._cursors:
            cursor.close()

    def values(self, query: str, *parameters: str) -> list[tuple[Any, ...]]:
        """The answer to a query, whole."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def column(self, table: str, column: str) -> str:
        """The expression for a column of a known table, NULL where there is no such column."""
        return as_kind(column, KNOWN[table][column], self.sources[table].types)

    def without_persons(self) -> None:
        """Tables of facts must say of whom they are; one that does not is empty, or left out and named."""
        for table in list(self.sources):
            if PERSON_ID in KNOWN[table] and PERSON_ID not in self.sources[table].types:
                source = self.sources.pop(table)
                if not self._is_only_a_header(source):
                    self.faults.append(Fault(table, "has no column person_id", "give the table as OMOP defines it"))

    def _is_only_a_header(self, source: Source) -> bool:
        """Whether the only row is the names of the columns: so the headings of an empty CSV file are often loaded."""
        rows = self._connection.execute(f"SELECT * FROM {source.relation} LIMIT 2").fetchall()
        return not rows or (len(rows) == 1 and PERSON_ID in {str(cell).casefold() for cell in rows[0]})


@contextmanager
def opened(path: str) -> Iterator[Database]:
    """The database of a DuckDB file, a folder or a zip of CSV or Parquet tables. What it writes is gone in the end.

    Raises InputError when there is no DuckDB to read with, and for what holds no OMOP tables.
    """
    try:
        import duckdb
    except ImportError:
        remedy = "install it: pip install 'eligibility[population]'"
        raise InputError(path, Fault("", "OMOP tables are read with DuckDB, which is not installed", remedy)) from None
    with TemporaryDirectory(prefix="eligibility-") as folder:
        room = Path(folder)
        connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(room / "spilled")})
        try:
            database = _database(connection, Path(path), room)
            with closing(database):
                yield database
        except duckdb.Error as error:
            # its message may quote a cell
            problem = f"cannot be read as OMOP tables ({type(error).__name__})"
            raise InputError(path, Fault("", problem, "check the file; a database must not be in use")) from None
        finally:
            connection.close()


def _database(connection: DuckDBPyConnection, place: Path, room: Path) -> Database:
    faults: list[Fault] = []
    connection.execute(f"ATTACH {literal(str(room / 'work.duckdb'))} AS work")
    if place.is_dir() or _is_archive(place):
        unpacked = room / "tables"
        unpacked.mkdir()
        files = in_folder(place) if place.is_dir() else in_archive(place, unpacked)
        connection.execute(f"SET allowed_directories = [{literal(str(place if place.is_dir() else unpacked))}]")
        _lock(connection)
        sources = {table: _of_file(connection, table, file, faults) for table, file in files.items()}
    else:
        connection.execute(f"ATTACH {literal(str(place))} AS source (READ_ONLY, TYPE duckdb)")
        _lock(connection)
        sources = _of_database(connection)
    database = Database(connection, {table: source for table, source in sources.items() if source.types}, faults)
    database.without_persons()
    if PERSON.name not in database.sources:
        raise InputError(str(place), *faults, _NO_PERSONS)
    return database


def _is_archive(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError as error:
        fault = Fault("", error.strerror or "cannot be read", "give a readable file")
        raise InputError(str(place), fault) from None


def _lock(connection: DuckDBPyConnection) -> None:
    """From here on no other file is read and no setting changes, whatever views a database brings along."""
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _of_database(connection: DuckDBPyConnection) -> dict[str, Source]:
    """The tables of a DuckDB file: those beside the table of persons, then those of other schemas (a vocabulary)."""
    query = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'source'"
    there = connection.execute(f"{query} ORDER BY table_schema, table_name").fetchall()
    homes = [schema for schema, table in there if table.casefold() == PERSON.name]
    found: dict[str, Source] = {}
    for schema, table in sorted(there, key=lambda item: item[0] not in homes[:1]):
        known = table.casefold()
        if known in KNOWN and known not in found and (PERSON_ID not in KNOWN[known] or schema in homes[:1]):
            found[known] = _described(connection, f"source.{name(schema)}.{name(table)}")
    return found


def _of_file(connection: DuckDBPyConnection, table: str, file: Path, faults: list[Fault]) -> Source:
    if file.name.casefold().endswith(".parquet"):
        return _described(connection, f"read_parquet({literal(str(file))})")
    columns, divider = header(file)
    if not columns:
        return Source("")
    if len({column.casefold() for column in columns}) < len(columns):
        raise InputError(str(file), Fault("line 1", "names a column twice", "give each column a name of its own"))
    _load(connection, table, file, columns, divider)
    _report_lines(connection, file, faults)
    return _described(connection, f"work.main.{name(table)}")


def _load(connection: DuckDBPyConnection, table: str, file: Path, columns: list[str], divider: str) -> None:
    """Keep what is read of a CSV file in the private database, as text: a bad cell spoils no other one."""
    wanted = [name(column) for column in columns if column.casefold() in KNOWN[table]] or ["NULL AS nothing"]
    kinds = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    # the vocabularies are given out with tabs and without quoting
    quote = "" if divider == "\t" else '"'
    reading = (
        f"read_csv({literal(str(file))}, auto_detect = false, header = true, columns = {{{kinds}}}, "
        f"delim = {literal(divider)}, quote = {literal(quote)}, escape = {literal(quote)}, null_padding = false, "
        "nullstr = '', ignore_errors = true, store_rejects = true)"
    )
    chosen = ""
    if table == "concept_relationship" and "relationship_id" in map(str.casefold, columns):
        chosen = f" WHERE relationship_id IN ({', '.join(map(literal, UPWARDS))})"
    connection.execute(f"CREATE TABLE work.main.{name(table)} AS SELECT {', '.join(wanted)} FROM {reading}{chosen}")


def _report_lines(connection: DuckDBPyConnection, file: Path, faults: list[Fault]) -> None:
    """Name the lines that are no rows; each file's are looked at right after it."""
    found = connection.execute("SELECT DISTINCT line, error_type FROM reject_errors ORDER BY line").fetchall()
    for line, problem in found[:_MOST_LINES]:
        words = str(problem).replace("_", " ").lower()
        faults.append(Fault(f"{file.name} line {line}", f"cannot be read ({words})", "correct the line"))
    if len(found) > _MOST_LINES:
        faults.append(Fault(file.name, f"{len(found) - _MOST_LINES} more lines cannot be read", "correct the file"))
    connection.execute("DELETE FROM reject_errors")


def _described(connection: DuckDBPyConnection, relation: str) -> Source:
    types = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return Source(relation, {column.casefold(): (column, type) for column, type, *_ in types})
