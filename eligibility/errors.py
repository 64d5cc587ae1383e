"""What can go wrong with files and tables, as plain values that lie on the ground floor.

    EligibilityError
    ├── InputError      a file (record, profile, rulebook, case) that cannot be read
    └── TableError      a vocabulary table or grammar chapter that contradicts itself

Text that is not understood and facts that are not known are never errors:
they are `Unclear` rules and `unknown` verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: `place` within it, what is wrong, and the `remedy`."""

    place: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.problem}" + (f" ({self.remedy})" if self.remedy else "")


class EligibilityError(Exception):
    """The root of every error this package raises on purpose."""


class InputError(EligibilityError):
    """A file that cannot be read. Carries every fault found in it, not only the first."""

    def __init__(self, file: str, *faults: Fault) -> None:
        self.file = file
        self.faults = faults
        super().__init__(file, faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return f"{self.file}: {self.faults[0]}"
        return f"{self.file}:\n" + "\n".join(f"  - {fault}" for fault in self.faults)


class TableError(EligibilityError):
    """A table that is wrong: `table`, the `row`, and what is wrong with it."""

    def __init__(self, table: str, row: str, problem: str) -> None:
        self.table, self.row, self.problem = table, row, problem
        super().__init__(f"{table}: [{row}] {problem}")
