"""From criteria to a trial: the outcome, the score, and the order of trials."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.rules.leaves import leaves
from eligibility.verdicts.verdict import FACT_REASONS, CriterionVerdict, Outcome, TrialVerdict

ORDER: tuple[Outcome, ...] = ("eligible", "potentially_eligible", "undetermined", "ineligible")
FACTUAL = frozenset(("measured", "graded", "changed", "present"))
FORMULA = (
    "score = criteria passed / (passed + unresolved for want of a fact), over criteria that ask for a fact; "
    "0 when ineligible, none when no criterion does; ranked by outcome, score, number passed"
)


def outcome_of(criteria: Sequence[CriterionVerdict]) -> Outcome:
    """Ineligible if one fails, undetermined if a fact could change one, potentially eligible if a person must say."""
    if any(row.result == "fail" for row in criteria):
        return "ineligible"
    if not criteria or any(lacks_fact(row) for row in criteria):
        return "undetermined"
    return "potentially_eligible" if any(row.result == "unresolved" for row in criteria) else "eligible"


def lacks_fact(row: CriterionVerdict) -> bool:
    """Unresolved, and a fact could still change it."""
    return row.result == "unresolved" and any(gap.reason in FACT_REASONS for gap in row.missing)


def score_of(criteria: Sequence[CriterionVerdict], outcome: Outcome) -> float | None:
    """The score in [0, 1], rounded to six digits; see FORMULA."""
    if outcome == "ineligible":
        return 0.0
    factual = [row for row in criteria if any(leaf.kind in FACTUAL for leaf in leaves(row.rule))]
    passed = sum(row.result == "pass" for row in factual)
    return score_of_counts(passed, sum(lacks_fact(row) for row in factual))


def score_of_counts(passed: int, lacking: int) -> float | None:
    """The score for so many criteria passed and so many that lack a fact."""
    asked = passed + lacking
    return round(passed / asked, 6) if asked else None


def rank(verdict: TrialVerdict) -> tuple[int, float, int, str]:
    """The sorting key of a trial: outcome, score and number passed, the best first; then the trial's id."""
    passed = sum(row.result == "pass" for row in verdict.criteria)
    score = -1.0 if verdict.score is None else verdict.score
    return ORDER.index(verdict.outcome), -score, -passed, verdict.trial
