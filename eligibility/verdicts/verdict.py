"""The nouns of this station: what was decided of a rule, a criterion and a trial, and on what facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.criteria.criterion import Criterion
from eligibility.rules.rule import Rule
from eligibility.spans import Span

Truth = Literal["met", "not_met", "unknown"]
FactReason = Literal["missing", "stale", "unit", "no_reference_range", "conflict"]
PersonReason = Literal["judgement", "unclear"]
Reason = Literal[FactReason, PersonReason]
Result = Literal["pass", "fail", "unresolved", "not_applicable"]
Outcome = Literal["eligible", "potentially_eligible", "undetermined", "ineligible"]

FACT_REASONS: frozenset[str] = frozenset(("missing", "stale", "unit", "no_reference_range", "conflict"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a verdict rests on, in the unit of the record.

    `fact` is the vocabulary key, `value` the value as recorded ("12", "<5", "II", "yes", "no"), `compared` the
    value in the rule's unit where a conversion was made ("205 umol/L"), `source` where in the patient's
    file it stands, `derived_from` the facts it was computed from. `by` names the person who answered.
    """

    fact: str
    value: str
    unit: str | None = None
    date: str | None = None
    source: str = ""
    compared: str | None = None
    derived_from: tuple[str, ...] = ()
    by: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a leaf is unknown: the fact (or the source's words), the reason, and the span of the leaf.

    `detail` is one plain sentence for a person ("last value 2025-01-03 is older than 14 days").
    """

    fact: str
    reason: Reason
    span: Span | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an engine says of one rule and one patient (strong Kleene).

    `because` holds the facts that decided it (or were looked at), `missing` the leaves that are unknown and
    could still change it: empty when decided.
    """

    truth: Truth
    because: tuple[Evidence, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class CriterionVerdict:
    """What was decided of one criterion for one patient."""

    criterion: Criterion
    rule: Rule
    result: Result
    verdict: Verdict

    def __repr__(self) -> str:
        return f"<CriterionVerdict {self.criterion.id!r}: {self.result}, {self.criterion.text[:60]!r}>"

    @property
    def because(self) -> tuple[Evidence, ...]:
        """The facts this result rests on."""
        return self.verdict.because

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is still unknown; empty when decided."""
        return self.verdict.missing


@dataclass(frozen=True, slots=True, repr=False)
class TrialVerdict:
    """What was decided of one trial for one patient, for its best cohort."""

    patient: str
    as_of: str | None
    trial: str
    title: str
    status: str | None
    cohort: str | None
    outcome: Outcome
    score: float | None
    criteria: tuple[CriterionVerdict, ...]
    digest: str
    note: str = ""

    def __repr__(self) -> str:
        score = "no score" if self.score is None else f"score {self.score:.2f}"
        return f"<TrialVerdict {self.trial!r}: {self.outcome}, {score}, {len(self.criteria)} criteria>"
