"""Runs cases and tells the difference between what they say and what the package does.

A case passes when every wording parses to its meaning, the meaning prints back as itself, and every
patient gets its verdict, with its reasons, from every engine. A whole trial passes when its rulebook and
the outcome, score, cohort, results and missing facts of each of its patients are as expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from fnmatch import fnmatch
from pathlib import Path

from eligibility.case_files import (
    OUTCOMES,
    RECORDS,
    Case,
    Expected,
    PatientRow,
    TrialCase,
    accept_means,
    read_cases,
    read_trial_case,
)
from eligibility.criteria.criterion import Criterion
from eligibility.errors import InputError
from eligibility.matching import match
from eligibility.patients.from_profile import profile
from eligibility.patients.read import read_patient
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse
from eligibility.rules.rule import Rule, Unclear
from eligibility.rules.rulebook import rulebook, write_rulebook
from eligibility.shipped import case_dir
from eligibility.trials.read import read_trial
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import engines
from eligibility.verdicts.verdict import FACT_REASONS, TrialVerdict, Verdict
from eligibility.vocabulary.tables import vocabulary

AnyCase = Case | TrialCase


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case: what each wording was read as, and every difference from what it says."""

    case: AnyCase
    readings: tuple[tuple[str, Rule], ...]
    differences: tuple[str, ...]


def find_cases(pattern: str = "", root: Path | None = None) -> list[AnyCase]:
    """The cases whose name or wordings hold `pattern` (a `*` pattern, or words), in order of their names.

    `pattern` may also be the path of a case file or a trial's folder anywhere. `root` is the folder of
    cases, by default the shipped ones. Raises InputError for the first file that cannot be read.
    """
    if pattern and Path(pattern).exists():
        return list(_cases_under(Path(pattern), Path(pattern).parent))
    base = root or case_dir()
    return [case for case in _cases_under(base, base) if _is_meant(case, pattern)]


def run_case(case: AnyCase) -> CaseResult:
    """Run one case; never raises for a difference, only for files that cannot be read."""
    return _run_trial(case) if isinstance(case, TrialCase) else _run_wordings(case)


def run_cases(pattern: str = "", root: Path | None = None) -> list[CaseResult]:
    """Run the cases that `find_cases` finds."""
    return [run_case(case) for case in find_cases(pattern, root)]


def accept_case(result: CaseResult) -> AnyCase | None:
    """Rewrite the case's `means`, or its rulebook, to what is read now; the case as rewritten.

    None, and nothing is written, when the wordings of a case do not agree with each other.
    """
    case = result.case
    if isinstance(case, TrialCase):
        case.rulebook.write_text(write_rulebook(rulebook(read_trial(case.record))), encoding="utf-8")
        return case
    meanings = {notation(rule) for _, rule in result.readings}
    if len(meanings) != 1:
        return None
    accept_means(case.file, {case.number: (meaning := meanings.pop())})
    return replace(case, means=meaning)


def _cases_under(path: Path, base: Path) -> Iterator[AnyCase]:
    """Every case of a file or folder in order of its name; a folder with a record is a whole trial, always."""
    files = {file for file in path.rglob("*.toml") if file.name != OUTCOMES} if path.is_dir() else {path}
    trials = {record.parent for name in RECORDS for record in path.rglob(name)} if path.is_dir() else set()
    for place in sorted(files | trials):
        if place.is_dir():
            yield read_trial_case(place, base)
        else:
            yield from read_cases(place, base)


def _is_meant(case: AnyCase, pattern: str) -> bool:
    texts = (case.name, *(case.says if isinstance(case, Case) else ()))
    wanted = pattern.casefold()
    return any(wanted in text.casefold() or fnmatch(text.casefold(), wanted) for text in texts)


def _run_wordings(case: Case) -> CaseResult:
    readings = tuple((text, parse(_criterion(text, case))) for text in case.says)
    differences = [*_wording_differences(case, readings), *_meaning_differences(case)]
    if not differences:
        rule = readings[0][1]
        differences = [line for row in case.rows for line in _row_differences(case.name, rule, row)]
    return CaseResult(case, readings, tuple(differences))


def _criterion(text: str, case: Case) -> Criterion:
    return Criterion("case", case.side, text, start=0, end=len(text))


def _wording_differences(case: Case, readings: tuple[tuple[str, Rule], ...]) -> Iterator[str]:
    for text, rule in readings:
        if case.means == "unclear":
            if not isinstance(rule, Unclear):
                yield f"{text!r} must be unclear, but means {notation(rule)}"
            elif case.reason not in rule.reason:
                yield f"{text!r} must be unclear for {case.reason!r}, but is for {rule.reason!r}"
        elif notation(rule) != case.means:
            yield f"{text!r} means {notation(rule)}\n    and not {case.means}"


def _meaning_differences(case: Case) -> Iterator[str]:
    if case.means == "unclear":
        return
    try:
        printed = notation(read_rule(case.means))
    except InputError as error:
        yield f"means cannot be read: {error}"
        return
    if printed != case.means:
        yield f"means {case.means!r} prints back as {printed!r}"


def _row_differences(name: str, rule: Rule, row: PatientRow) -> Iterator[str]:
    patient = profile(row.profile, file=name, vocabulary=vocabulary())
    for way, engine in engines().items():
        verdict = engine(rule, patient)
        if verdict.truth != row.truth:
            yield f"{row.profile} is {verdict.truth} by {way}, not {row.truth}{_reasons(verdict)}"
        elif lacking := _lacking(row, verdict, exactly=way == "tree"):
            named = ", ".join(sorted(lacking))
            yield f"{row.profile} is unknown by {way} without the reason {named}{_reasons(verdict)}"


def _lacking(row: PatientRow, verdict: Verdict, *, exactly: bool) -> set[str]:
    """The reasons of a row that a verdict does not give; most engines only tell whether a fact is missing."""
    found = {gap.reason for gap in verdict.missing}
    if exactly:
        return set(row.reasons) - found
    return set(row.reasons) & FACT_REASONS if FACT_REASONS.isdisjoint(found) else set()


def _reasons(verdict: Verdict) -> str:
    gaps = [f"{gap.fact}: {gap.reason}" for gap in verdict.missing]
    return f" ({'; '.join(gaps)})" if gaps else ""


def _run_trial(case: TrialCase) -> CaseResult:
    trial = read_trial(case.record)
    book = rulebook(trial)
    readings = tuple((line.criterion.text, line.rule) for line in book.lines)
    differences = [*_rulebook_differences(case, write_rulebook(book))]
    differences += [line for expected in case.patients for line in _patient_differences(trial, expected)]
    return CaseResult(case, readings, tuple(differences))


def _rulebook_differences(case: TrialCase, written: str) -> Iterator[str]:
    if not case.rulebook.is_file():
        yield f"no {case.rulebook.name}: --accept writes it"
        return
    expected = case.rulebook.read_text(encoding="utf-8")
    lines = unified_diff(expected.splitlines(), written.splitlines(), "expected", "written", lineterm="", n=1)
    if changed := "\n    ".join(lines):
        yield f"the rulebook differs:\n    {changed}"


def _patient_differences(trial: Trial, expected: Expected) -> Iterator[str]:
    patient = read_patient(expected.patient, as_of=expected.as_of)
    verdict = match(patient, [trial], policy=expected.policy).verdicts[0]
    pairs = [("outcome", expected.outcome, verdict.outcome), ("cohort", expected.cohort, verdict.cohort)]
    if expected.score is not None:
        pairs.append(("score", f"{expected.score:.4f}", "none" if verdict.score is None else f"{verdict.score:.4f}"))
    for what, wanted, got in pairs:
        if wanted != got:
            yield f"{expected.patient.name}: {what} is {got}, not {wanted}"
    yield from _criterion_differences(expected, verdict)


def _criterion_differences(expected: Expected, verdict: TrialVerdict) -> Iterator[str]:
    found = {criterion.criterion.id: criterion for criterion in verdict.criteria}
    for key, wanted in expected.criteria.items():
        who = f"{expected.patient.name}: criterion {key}"
        if key not in found:
            yield f"{who} does not exist"
        elif found[key].result != wanted:
            yield f"{who} is {found[key].result}, not {wanted}{_reasons(found[key].verdict)}"
        elif key in expected.missing:
            gaps = sorted(f"{gap.fact}: {gap.reason}" for gap in found[key].missing)
            if gaps != sorted(expected.missing[key]):
                yield f"{who} lacks {gaps}, not {sorted(expected.missing[key])}"
