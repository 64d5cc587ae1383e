"""The verb of this station: what holds of a rule, a criterion and a trial for one patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from eligibility.criteria.criterion import Criterion
from eligibility.patients.patient import Answer, Patient
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Rule
from eligibility.trials.trial import Trial
from eligibility.verdicts.applying import asks_health, names_disease, unbound
from eligibility.verdicts.by_tree import judge_tree
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.outcome import outcome_of, rank, score_of
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import CriterionVerdict, Result, TrialVerdict, Truth, Verdict

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary


class Line(Protocol):
    """One criterion with its rule: a line of a rulebook."""

    @property
    def criterion(self) -> Criterion:
        """The criterion."""

    @property
    def rule(self) -> Rule:
        """What it means."""


def judge(rule: Rule, patient: Patient | Facts, policy: Policy = DEFAULT, answer: Answer | None = None) -> Verdict:
    """What holds of one rule for one patient, by the engine that defines the meaning.

    Give `facts_of(patient)` instead of the patient when many rules are judged. Never raises on what is not known.
    """
    return judge_tree(rule, facts_of(patient, policy=policy), policy, answer)


def _judge_by_columns(
    rule: Rule, patient: Patient | Facts, policy: Policy = DEFAULT, answer: Answer | None = None
) -> Verdict:
    from eligibility.verdicts.by_columns import judge_columns

    return judge_columns(rule, facts_of(patient, policy=policy), policy, answer)


def _judge_by_arrays(
    rule: Rule, patient: Patient | Facts, policy: Policy = DEFAULT, answer: Answer | None = None
) -> Verdict:
    from eligibility.verdicts.by_arrays import judge_arrays

    return judge_arrays(rule, facts_of(patient, policy=policy), policy, answer)


ENGINES: dict[str, Callable[..., Verdict]] = {"tree": judge, "columns": _judge_by_columns, "arrays": _judge_by_arrays}
_NEEDS = {"columns": "numpy", "arrays": "numpy"}


def engines() -> dict[str, Callable[..., Verdict]]:
    """The engines that can run here: some need a package that is not always installed."""
    return {name: way for name, way in ENGINES.items() if name not in _NEEDS or find_spec(_NEEDS[name])}


def facts_of(patient: Patient | Facts, vocabulary: Vocabulary | None = None, policy: Policy = DEFAULT) -> Facts:
    """The patient's facts, indexed once, in the words of a vocabulary (by default the shipped one).

    What the policy assumes absent is known where values are computed: no dialysis, for MELD.
    """
    if isinstance(patient, Facts):
        return patient.assuming(policy.assume_absent)
    return Facts(patient, vocabulary if vocabulary is not None else _shipped(), policy.assume_absent)


@cache
def _shipped() -> Vocabulary:
    from eligibility.vocabulary.tables import vocabulary

    return vocabulary()


def judge_criterion(
    criterion: Criterion, rule: Rule, patient: Patient | Facts, policy: Policy = DEFAULT, answer: Answer | None = None
) -> CriterionVerdict:
    """Pass, fail, unresolved or not applicable: an inclusion passes when met, an exclusion when not met."""
    facts = facts_of(patient, policy=policy)
    wanted = criterion.side == "inclusion"
    verdict = judge_tree(rule, facts, policy, answer, wanted=wanted)
    freed = unbound(rule, criterion.side, facts, policy)
    if freed is not None:
        return CriterionVerdict(criterion, rule, "not_applicable", freed)
    return CriterionVerdict(criterion, rule, result_of(verdict.truth, wanted), verdict)


def result_of(truth: Truth, wanted: bool) -> Result:
    """What a truth means where a rule is `wanted` (an inclusion), or where it is not (an exclusion)."""
    if truth == "unknown":
        return "unresolved"
    return "pass" if (truth == "met") == wanted else "fail"


def judge_trial(
    trial: Trial, lines: Sequence[Line], patient: Patient | Facts, policy: Policy = DEFAULT, *, digest: str = ""
) -> TrialVerdict:
    """One trial for one patient: each cohort judged alone, the best one's verdict, which it names.

    `digest` is that of the rules; the verdict's digest adds the patient, the policy and the version of the package.
    """
    return best_of(judge_cohorts(trial, lines, patient, policy, digest=digest))


def judge_cohorts(
    trial: Trial, lines: Sequence[Line], patient: Patient | Facts, policy: Policy = DEFAULT, *, digest: str = ""
) -> list[TrialVerdict]:
    """The verdict of each cohort of a trial, one where it has none; `digest` as in `judge_trial`."""
    facts = facts_of(patient, policy=policy)
    answers = {row.criterion: row for row in facts.patient.answers if row.trial == trial.id}
    judged = [_judged(line, facts, policy, answers) for line in lines]
    named = dict.fromkeys(line.criterion.cohort for line in lines if line.criterion.cohort)
    cohorts: list[str | None] = [*named] or [None]
    whole = _digest(trial.id, digest, facts.digest, policy)
    note = _note(judged, answers)
    return [_for_cohort(cohort, trial, judged, facts, whole, note) for cohort in cohorts]


def best_of(cohorts: Sequence[TrialVerdict]) -> TrialVerdict:
    """The verdict of the trial: that of its best cohort."""
    return cohorts[0] if len(cohorts) == 1 else min(cohorts, key=_fit)


def _fit(verdict: TrialVerdict) -> tuple[int, float, int, int]:
    """The sorting key of a cohort: outcome, score and number passed as of trials, then the fewest open criteria."""
    return *rank(verdict)[:3], sum(row.result == "unresolved" for row in verdict.criteria)


def _judged(line: Line, facts: Facts, policy: Policy, answers: dict[str, Answer]) -> CriterionVerdict:
    return judge_criterion(line.criterion, line.rule, facts, policy, answers.get(line.criterion.id))


def _for_cohort(
    cohort: str | None, trial: Trial, judged: Sequence[CriterionVerdict], facts: Facts, digest: str, note: str
) -> TrialVerdict:
    """The trial as its criteria bind one cohort; the others' criteria do not apply."""
    healthy = any(row.criterion.cohort == cohort and asks_health(row.criterion, row.rule) for row in judged)
    criteria = tuple([row if _binds(row, cohort, healthy) else _of_another(row) for row in judged])
    outcome = outcome_of(criteria)
    return TrialVerdict(
        patient=facts.patient.id,
        as_of=facts.patient.as_of.isoformat() if facts.patient.as_of else None,
        trial=trial.id,
        title=trial.title,
        status=trial.status,
        cohort=cohort,
        outcome=outcome,
        score=score_of(criteria, outcome),
        criteria=criteria,
        digest=digest,
        note=note,
    )


def _binds(row: CriterionVerdict, cohort: str | None, healthy: bool) -> bool:
    """Whether a criterion binds a cohort: its own and everybody's, but no disease is asked of healthy controls."""
    if row.criterion.cohort is None:
        return not (healthy and cohort is not None and names_disease(row.criterion, row.rule))
    return row.criterion.cohort == cohort


def _of_another(row: CriterionVerdict) -> CriterionVerdict:
    return CriterionVerdict(row.criterion, row.rule, "not_applicable", Verdict("unknown"))


def _note(judged: Sequence[CriterionVerdict], answers: dict[str, Answer]) -> str:
    """What a reader must know of the whole: no criteria, and answers that decided nothing."""
    notes = [] if judged else ["no criteria in the record"]
    known = {row.criterion.id for row in judged}
    open_ = {row.criterion.id for row in judged if {"judgement", "unclear"} & {leaf.kind for leaf in leaves(row.rule)}}
    if strange := [name for name in answers if name not in known]:
        notes.append(f"no criterion {' or '.join(strange)} in this trial, so the answer was not used")
    if idle := [name for name in answers if name in known - open_]:
        are = "is" if len(idle) == 1 else "are"
        notes.append(f"{' and '.join(idle)} {are} decided by facts, so the answer was not used")
    return "; ".join(notes)


def _digest(trial: str, rules: str, patient: str, policy: Policy) -> str:
    return sha256("\n".join((trial, rules, patient, _choices(policy), version())).encode()).hexdigest()


@cache
def _choices(policy: Policy) -> str:
    """The policy as text, the same in every process."""
    return repr([sorted(value) if isinstance(value, frozenset) else value for value in astuple(policy)])


@cache
def version() -> str:
    """The version of this package, "0" where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eligibility")
    except PackageNotFoundError:
        return "0"
