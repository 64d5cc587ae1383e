"""The noun of screening: what many patients make of trials, criterion by criterion, ready to be shown in any form."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from eligibility.criteria.criterion import Side
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Outcome

if TYPE_CHECKING:
    from eligibility.reports.notebook import Library


@dataclass(frozen=True, slots=True)
class Attrition:
    """One criterion over all patients of a cohort (None: the trial has none).

    `passed`, `failed`, `unresolved` and `not_applicable` sum to the patients. `lacking` are those of the unresolved
    who lack a fact; the others wait for a person. `remaining` have failed neither this criterion nor one before it,
    `only_here` are ineligible for this criterion alone.
    """

    cohort: str | None
    id: str
    side: Side
    text: str
    notation: str
    passed: int
    failed: int
    unresolved: int
    lacking: int
    not_applicable: int
    remaining: int
    only_here: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What one criterion would give when it was dropped (`to` is None) or read `to`, all else as it is.

    `gained` counts patients who would not be ineligible any more.
    """

    cohort: str | None
    id: str
    to: str | None
    gained: int


@dataclass(frozen=True, slots=True)
class Screened:
    """One trial: how many patients have each outcome, and where the others are lost."""

    trial: str
    title: str
    status: str | None
    digest: str
    counts: dict[Outcome, int]
    attrition: tuple[Attrition, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """How it was found: distinct leaves of all rules, values compared as columns, verdicts shared and single ones.

    `read` are the values that were read from records of single patients before they were compared.
    """

    leaves: int
    compared: int
    shared: int
    single: int
    by_tree: int
    read: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Screening:
    """Trials against a population. `as_of` is the day of judging where it is one for all patients.

    `listed` is how many pairs of patient and trial went into the list of candidates, None when there is no such list.
    """

    patients: int
    as_of: str | None
    trials: tuple[Screened, ...]
    policy: Policy
    work: Work
    listed: int | None = None

    def __repr__(self) -> str:
        return f"<Screening of {self.patients:,} patients against {len(self.trials):,} trials, as of {self.as_of}>"

    def _repr_html_(self) -> str:
        """How many patients have each outcome, for a notebook."""
        from eligibility.reports.notebook import MOST, html_table

        headings = ("Trial", *(outcome.replace("_", " ").capitalize() for outcome in ORDER), "Title")
        shown = self.trials[:MOST]
        rows = [(one.trial, *(f"{one.counts[outcome]:,}" for outcome in ORDER), one.title) for one in shown]
        return html_table(f"{self.patients:,} patients", headings, rows, len(self.trials))

    def to_frame(self, *, criteria: bool = False, library: Library | None = None) -> Any:
        """A data frame with a row a trial and its counts, or a row a criterion with where patients are lost.

        By pandas, else polars, or the `library` that is named. Raises InputError, saying what to install, where it is
        not there.
        """
        from eligibility.reports.notebook import frame

        return frame(self._criteria() if criteria else self._trials(), library)

    def _trials(self) -> dict[str, list[Any]]:
        told = {name: [getattr(one, name) for one in self.trials] for name in ("trial", "title", "status")}
        return told | {outcome: [one.counts[outcome] for one in self.trials] for outcome in ORDER}

    def _criteria(self) -> dict[str, list[Any]]:
        rows = [(one.trial, row) for one in self.trials for row in one.attrition]
        names = [field.name for field in fields(Attrition)]
        columns = {name: [getattr(row, name) for _, row in rows] for name in names}
        return {"trial": [trial for trial, _ in rows], **columns}
