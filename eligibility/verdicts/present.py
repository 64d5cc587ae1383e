"""`present`: the patient has, or had, a condition, treatment, procedure, allergy or state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eligibility.patients.levels import values_of
from eligibility.patients.patient import FEMALE_ONLY, Finding
from eligibility.rules.rule import Graded, Present
from eligibility.verdicts.absence import absent
from eligibility.verdicts.called import told_by_name
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.graded import contested, judge_graded
from eligibility.verdicts.opinion import unknown
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.recorded import View, from_above, outdated, view
from eligibility.verdicts.verdict import Evidence, FactReason, Missing, Verdict
from eligibility.verdicts.windows import anchored


def judge_present(rule: Present, facts: Facts, policy: Policy) -> Verdict:
    """Met by a record of the concept or of one of its kinds; not met by a refutation, or absence from a complete list.

    Absence from a list that is not complete is unknown. A resolved record does not meet "active".
    """
    if rule.named:
        return _by_name(rule, facts, policy)
    word = facts.words.get(rule.concept)
    if word is not None and word.kind == "scale" and rule.fact != "allergy":
        levels = Graded(rule.concept, values_of(word)[1:], window=rule.window, span=rule.span)
        return judge_graded(levels, facts, policy)
    if rule.concept in FEMALE_ONLY and facts.patient.sex == "male" and not facts.is_male:
        return contested(rule.concept, rule.span, facts)
    if rule.concept in FEMALE_ONLY and facts.is_male:
        return Verdict("not_met", (Evidence("sex", "male", source="sex"),))
    denial = facts.denial(rule.concept) if rule.status == "active" and rule.fact != "allergy" else None
    if denial is not None and not _is_recorded(rule.concept, facts):
        return Verdict("not_met", (_shown(denial),))
    if not anchored(rule.window):
        return _undated(rule)
    return _weighed(rule, list(_views(rule, facts, policy)), facts, policy)


def _is_recorded(concept: str, facts: Facts) -> bool:
    """Whether a record says that it is so, which contradicts what would deny it."""
    return any(row.status != "refuted" for row in facts.findings.get(concept, ()))


def _undated(rule: Present) -> Verdict:
    anchor = rule.window.anchor if rule.window else ""
    return unknown(_name(rule), "missing", rule.span, f"the day of {anchor} is not known")


def _by_name(rule: Present, facts: Facts, policy: Policy) -> Verdict:
    """A name that the vocabulary does not hold: met or refuted by a record of just that name, and else unknown.

    A record may carry the adjectives asked for in its name ("chronic prostatitis").
    """
    if not anchored(rule.window):
        return _undated(rule)
    full = " ".join((*rule.qualifiers, rule.concept))
    names = {rule.concept: rule, full: replace(rule, qualifiers=())}
    views = {
        id(row): _view_by_name(asked, row, name, facts, policy)
        for name, asked in names.items()
        for row in facts.called(name, rule.fact == "allergy")
    }
    return _weighed(rule, list(views.values()), facts, policy)


def _view_by_name(rule: Present, row: Finding, name: str, facts: Facts, policy: Policy) -> View:
    itself = row.status == "refuted" and not row.narrower
    return replace(_viewed(rule, row, itself, facts, policy), finding=told_by_name(row, name))


def _viewed(rule: Present, row: Finding, itself: bool, facts: Facts, policy: Policy) -> View:
    as_of = facts.patient.as_of
    return outdated(rule, row, as_of, policy.days(rule.concept, scale=True)) or view(rule, row, itself, as_of)


def _views(rule: Present, facts: Facts, policy: Policy) -> Iterator[View]:
    index = facts.allergies if rule.fact == "allergy" else facts.findings
    above = facts.ancestors(rule.concept)
    for concept, findings in index.items():
        if concept == rule.concept or rule.concept in facts.ancestors(concept):
            itself = concept == rule.concept
            for finding in _newest(findings):
                yield _viewed(rule, finding, itself and not finding.narrower, facts, policy)
        elif concept in above:
            yield from (_viewed_above(rule, finding, facts, policy) for finding in findings)


def _viewed_above(rule: Present, row: Finding, facts: Facts, policy: Policy) -> View:
    days = policy.days(row.concept, scale=True)
    old = outdated(rule, row, facts.patient.as_of, days) if row.status == "refuted" else None
    return old or from_above(row)


def _newest(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Of what was seen on a day, the last time it was; all else."""
    last = max((row.seen.first for row in findings if row.seen), default=None)
    return [row for row in findings if last is None or row.seen is None or row.seen.last >= last]


def _weighed(rule: Present, views: list[View], facts: Facts, policy: Policy) -> Verdict:
    met = [view for view in views if view.truth == "met"]
    over = [view for view in views if view.truth == "not_met" and view.decides]
    refuted = [view for view in over if view.finding.status == "refuted"]
    unsure = [view for view in views if view.truth == "unknown"]
    there = [view for view in views if view.truth == "met" or view.open]
    if there and refuted:
        return _open(rule, [*there, *refuted], "conflict", "it is recorded and refuted")
    if met and rule.window is not None and rule.window.kind == "since" and (over or unsure):
        return _again(rule, met, [*over, *unsure])
    if met:
        return Verdict("met", _evidence(met))
    if refuted:
        return Verdict("not_met", _evidence(refuted))
    if unsure:
        return _open(rule, unsure, unsure[0].reason, unsure[0].detail)
    if over:
        return Verdict("not_met", _evidence(over))
    return _absent(rule, views, facts, policy)


def _again(rule: Present, met: list[View], later: list[View]) -> Verdict:
    """It was so long ago, and surely or perhaps was again since: which time the text means is not known."""
    return _open(rule, [*met, *later], "conflict", "it was long enough ago, and may have been again since")


def _absent(rule: Present, views: list[View], facts: Facts, policy: Policy) -> Verdict:
    """Nothing recorded fulfils the rule: a no when absence means no, else unknown.

    What the vocabulary does not know is never absent: the profile may record it by another name.
    """
    if rule.named:
        return _open(rule, views, "missing", "not in the vocabulary: only a record of this very name tells")
    if rule.concept not in facts.words:
        return _open(rule, views, "missing", "the vocabulary does not know it")
    absence = absent(rule.fact, rule.concept, facts, policy)
    if isinstance(absence, Evidence):
        return Verdict("not_met", (*_evidence(views), replace(absence, fact=_name(rule))))
    stale = next((view for view in views if view.reason == "stale"), None)
    return _open(rule, views, stale.reason if stale else "missing", absence or (stale.detail if stale else ""))


def _open(rule: Present, views: list[View], reason: FactReason, detail: str) -> Verdict:
    return Verdict("unknown", _evidence(views), (Missing(_name(rule), reason, rule.span, detail),))


def _name(rule: Present) -> str:
    return f"allergy to {rule.concept}" if rule.fact == "allergy" else rule.concept


def _evidence(views: list[View]) -> tuple[Evidence, ...]:
    return tuple(_shown(view.finding) for view in views)


def _shown(finding: Finding) -> Evidence:
    value = {"active": "yes", "refuted": "no"}.get(finding.status, finding.status)
    date = finding.seen or finding.onset or finding.abatement
    name = f"allergy to {finding.concept}" if finding.fact == "allergy" else finding.concept
    note = ", ".join(part for part in (*finding.qualifiers, finding.note) if part)
    return Evidence(name, value, None, date.text if date else None, finding.source, note=note)
