"""The noun of this station: what was found for one patient, ready to be shown in any form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from eligibility.errors import Fault
from eligibility.trials.trial import Trial
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.outcome import FORMULA, ORDER
from eligibility.verdicts.parts import Part, parts_of
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.proof import Step, proof_of
from eligibility.verdicts.verdict import CriterionVerdict, Outcome, TrialVerdict
from eligibility.vocabulary.tables import vocabulary

if TYPE_CHECKING:
    from eligibility.reports.notebook import Library
    from eligibility.vocabulary.word import Word


class Veil(Protocol):
    """What a redacted report does to all that is still taken from the facts."""

    def part(self, part: Part) -> Part:
        """A test without what tells whose it is."""

    def words(self, text: str) -> str:
        """A text without exact dates, and without what the record says in words of its own."""

    def tells_age(self, fact: str, value: str) -> bool:
        """Whether a value is an age that few people reach."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The trials that those of a report are the best of: how many, and how many of each outcome.

    `tests` counts the distinct tests of facts in their rules, `looked_at` those that were judged one by one, since the
    record says something of what they ask (the others share a verdict), `answered` the trials judged by themselves,
    since a person answered.
    """

    trials: int
    counts: dict[Outcome, int]
    tests: int
    looked_at: int
    answered: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """One patient against trials: `verdicts` ranked, the best first, and the `policy` they were judged by.

    `unrecognised` are the names and codes of the patient's file that the vocabulary does not know, `day_from` the
    place of the fact whose day is `as_of` when nobody gave one, `left_out` the places of facts after it. `faults` are
    the entries of the patient's record that could not be read, `died` the day of death as recorded, "" when none is.
    `whole` tells of all trials of a registry, where `verdicts` are only the first of them. `facts` are those that
    were judged, None in a report made by hand. `veil` is there in a redacted report.
    """

    patient: str
    as_of: date | None
    verdicts: tuple[TrialVerdict, ...]
    policy: Policy = DEFAULT
    unrecognised: tuple[str, ...] = ()
    day_from: str = ""
    left_out: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    died: str = ""
    whole: Whole | None = None
    facts: Facts | None = field(default=None, compare=False, repr=False)
    veil: Veil | None = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        counted = Counter(verdict.outcome for verdict in self.verdicts)
        outcomes = ", ".join(f"{counted[outcome]} {outcome}" for outcome in ORDER if counted[outcome]) or "no trial"
        return f"<Report of {self.patient!r}, as of {self.as_of}: {outcomes}>"

    def _repr_html_(self) -> str:
        """The ranking, for a notebook."""
        from eligibility.reports.notebook import MOST, html_table
        from eligibility.reports.wording import SUMMARY, summary_cells

        rows = [summary_cells(rank, verdict, 80) for rank, verdict in enumerate(self.verdicts[:MOST], 1)]
        day = "" if self.redacted else f", as of {self.as_of}" if self.as_of else ", no day given"
        return html_table(f"Patient {self.patient}{day}", SUMMARY, rows, len(self.verdicts))

    def to_frame(self, *, criteria: bool = False, library: Library | None = None) -> Any:
        """A data frame with a row a trial in the order of the ranking, or a row a criterion of every trial.

        By pandas, else polars, or the `library` that is named. Raises InputError, saying what to install, where it is
        not there.
        """
        from eligibility.reports.columns import criterion_columns, trial_columns
        from eligibility.reports.notebook import frame

        return frame(criterion_columns(self.verdicts) if criteria else trial_columns(self.verdicts), library)

    @property
    def redacted(self) -> bool:
        """Ids, names and exact dates are left out."""
        return self.veil is not None

    @property
    def words(self) -> Mapping[str, Word]:
        """The words that it was judged in."""
        return self.facts.words if self.facts else vocabulary().words

    @property
    def formula(self) -> str:
        """How the score is computed and the trials are ranked, in one sentence."""
        return FORMULA

    def verdict(self, trial: Trial | str) -> TrialVerdict:
        """The verdict of one trial, given or by its id. Raises KeyError when it was not judged."""
        wanted = trial if isinstance(trial, str) else trial.id
        for verdict in self.verdicts:
            if verdict.trial == wanted:
                return verdict
        raise KeyError(wanted)

    def judgements(self, trial: Trial | str) -> tuple[CriterionVerdict, ...]:
        """What was decided of every criterion of one trial. Raises KeyError when it was not judged."""
        return self.verdict(trial).criteria

    def parts(self, trial: TrialVerdict, row: CriterionVerdict) -> tuple[Part, ...]:
        """What holds of each test inside a criterion of a trial; nothing without the facts."""
        if self.facts is None:
            return ()
        answers = self.facts.patient.answers
        mine = (one for one in answers if (one.trial, one.criterion) == (trial.trial, row.criterion.id))
        parts = parts_of(row, self.facts, self.policy, next(mine, None))
        return tuple(map(self.veil.part, parts)) if self.veil else parts

    def proof(self, trial: TrialVerdict, row: CriterionVerdict) -> Step | None:
        """Why a criterion of a trial came out so, part by part; None without the facts, of what does not apply, and in
        a redacted report.
        """
        if self.facts is None or self.redacted or row.result == "not_applicable":
            return None
        answers = self.facts.patient.answers
        mine = (one for one in answers if (one.trial, one.criterion) == (trial.trial, row.criterion.id))
        return proof_of(row, self.facts, self.policy, next(mine, None))
