"""`present`: the patient has, or had, a condition, treatment, procedure, allergy or state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eligibility.patients.levels import values_of
from eligibility.patients.patient import FEMALE_ONLY, Finding
from eligibility.patients.record import UNDATED
from eligibility.rules.rule import Graded, Present
from eligibility.verdicts.absence import absent
from eligibility.verdicts.called import told_by_name
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.graded import judge_graded
from eligibility.verdicts.opinion import unknown
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence, FactReason, Missing, Truth, Verdict
from eligibility.verdicts.windows import anchored, reach, since, timely

OPPOSITES = (
    frozenset(("mild", "moderate", "severe")),
    frozenset(("acute", "chronic")),
    frozenset(("controlled", "uncontrolled")),
    frozenset(("stable", "unstable")),
)


@dataclass(frozen=True, slots=True)
class _View:
    """What one record says: `truth` of the rule, and whether a "no" is about the very concept, so that it decides."""

    finding: Finding
    truth: Truth
    decides: bool = False
    reason: FactReason = "missing"
    detail: str = ""


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
    if rule.concept in FEMALE_ONLY and facts.patient.sex == "male":
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


def _view_by_name(rule: Present, row: Finding, name: str, facts: Facts, policy: Policy) -> _View:
    view = _outdated(rule, row, facts, policy) or _view(rule, row, row.status == "refuted" and not row.narrower, facts)
    return replace(view, finding=told_by_name(row, name))


def _views(rule: Present, facts: Facts, policy: Policy) -> Iterator[_View]:
    index = facts.allergies if rule.fact == "allergy" else facts.findings
    above = facts.ancestors(rule.concept)
    for concept, findings in index.items():
        if concept == rule.concept or rule.concept in facts.ancestors(concept):
            itself = concept == rule.concept
            for finding in _newest(findings):
                old = _outdated(rule, finding, facts, policy)
                yield old or _view(rule, finding, itself and not finding.narrower, facts)
        elif concept in above:
            yield from (_view_from_above(finding) for finding in findings)


def _newest(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Of what was seen on a day, the last time it was; all else."""
    last = max((row.seen.first for row in findings if row.seen), default=None)
    return [row for row in findings if last is None or row.seen is None or row.seen.last >= last]


def _outdated(rule: Present, finding: Finding, facts: Facts, policy: Policy) -> _View | None:
    """What was seen too long ago to hold today; who once did a thing has done it for ever."""
    if finding.seen is None or (rule.status != "active" and finding.status in ("active", "history", "resolved")):
        return None
    days = policy.days(rule.concept, scale=True)
    if timely(finding.seen, None, facts.patient.as_of, days) == "met":
        return None
    detail = f"it was last asked on {finding.seen.text}, more than {days} days ago"
    return _View(finding, "unknown", reason="stale", detail=detail)


def _view_from_above(finding: Finding) -> _View:
    """A record of a wider concept: only its refutation says anything certain of the narrower one."""
    if finding.status == "refuted" and not finding.qualifiers and not finding.narrower:
        return _View(finding, "not_met", True)
    if finding.status == "refuted":
        return _View(finding, "not_met")
    return _View(finding, "unknown", detail=f"{finding.name or finding.concept} is recorded, which may be this")


def _view(rule: Present, finding: Finding, itself: bool, facts: Facts) -> _View:
    if finding.status == "refuted":
        return _View(finding, "not_met", itself and set(finding.qualifiers) <= set(rule.qualifiers))
    fits = _qualified(rule.qualifiers, finding.qualifiers)
    if fits == "not_met":
        return _View(finding, "not_met")
    if finding.status == "unknown":
        return _View(finding, "unknown", detail="its status is not known")
    if rule.window is not None:
        view = _in_window(rule, finding, facts)
    elif rule.status == "active" and _may_go_on(finding):
        view = _View(finding, "unknown", detail="whether it goes on is not recorded")
    elif rule.status == "active" and finding.status != "active":
        view = _View(finding, "not_met", itself and not rule.qualifiers)
    else:
        view = _View(finding, "met")
    if view.truth == "met" and fits == "unknown":
        asked = ", ".join(quality if " " not in quality else f"“{quality}”" for quality in rule.qualifiers)
        return _View(finding, "unknown", detail=f"whether it is {asked} is not recorded")
    return view


def _may_go_on(finding: Finding) -> bool:
    """It was there on a day, and when it ended is not known at all."""
    end = finding.abatement
    return finding.status in ("resolved", "history") and end is not None and end.last == UNDATED.last


def _qualified(wanted: tuple[str, ...], recorded: tuple[str, ...]) -> Truth:
    """Whether a record has the qualities asked for; the opposite quality says no, silence says nothing."""
    truths = []
    for quality in (word.casefold() for word in wanted):
        opposed = any(quality in group and not group.isdisjoint(recorded) for group in OPPOSITES)
        truths.append("met" if quality in recorded else "not_met" if opposed else "unknown")
    return "not_met" if "not_met" in truths else "unknown" if "unknown" in truths else "met"


def _in_window(rule: Present, finding: Finding, facts: Facts) -> _View:
    window, as_of = rule.window, facts.patient.as_of
    if window is None or as_of is None:
        return _View(finding, "unknown", detail="the day to judge by is not known")
    start = reach(as_of, window.value, window.unit)
    began = finding.onset or finding.seen
    onset = since(began, start) if began else None
    end = since(finding.abatement, start) if finding.abatement else None
    ongoing = finding.status == "active" and end is None
    if window.kind == "for":
        return _lasting(finding, onset, ongoing)
    if window.kind == "since":
        return _elapsed(finding, onset, end, ongoing)
    return _recent(rule, finding, onset, end, ongoing)


def _lasting(finding: Finding, onset: Truth | None, ongoing: bool) -> _View:
    """For at least so long: still there, and begun before the window."""
    if not ongoing and (onset == "met" or not _may_go_on(finding)):
        return _View(finding, "not_met")
    if not ongoing:
        return _View(finding, "unknown", detail="whether it goes on is not recorded")
    if onset is None or onset == "unknown":
        return _View(finding, "unknown", detail="since when is not recorded")
    return _View(finding, "met" if onset == "not_met" else "not_met")


def _elapsed(finding: Finding, onset: Truth | None, end: Truth | None, ongoing: bool) -> _View:
    """At least so long ago: over before the window, or at one moment before it."""
    if ongoing and finding.fact in ("treatment", "state"):
        return _View(finding, "not_met", True)
    last = end or (onset if finding.fact in ("procedure", "condition") and finding.status != "active" else None)
    if last is None or last == "unknown":
        return _View(finding, "unknown", detail="when it was is not recorded")
    return _View(finding, "met") if last == "not_met" else _View(finding, "not_met", True)


def _recent(rule: Present, finding: Finding, onset: Truth | None, end: Truth | None, ongoing: bool) -> _View:
    """Within so long: begun, or over, or (unless the text asks for an event of the past) going on in the window."""
    if "met" in (onset, end):
        return _View(finding, "met")
    if ongoing and (rule.status != "history" or finding.fact in ("treatment", "state")):
        return _View(finding, "met")
    if ongoing and onset is not None:
        detail = "it began before the window and is still listed as active"
        return _View(finding, "unknown", reason="stale", detail=detail)
    if onset is None and end is None:
        return _View(finding, "unknown", detail="when it was is not recorded")
    if end is None and finding.fact in ("treatment", "state"):
        return _View(finding, "unknown", reason="stale", detail="when it ended is not recorded")
    if "unknown" in (onset, end):
        return _View(finding, "unknown", reason="stale", detail="its date may lie outside the window")
    return _View(finding, "not_met", reason="stale", detail="the record lies outside the window")


def _weighed(rule: Present, views: list[_View], facts: Facts, policy: Policy) -> Verdict:
    met = [view for view in views if view.truth == "met"]
    over = [view for view in views if view.truth == "not_met" and view.decides]
    refuted = [view for view in over if view.finding.status == "refuted"]
    unsure = [view for view in views if view.truth == "unknown"]
    if met and refuted:
        return _open(rule, [*met, *refuted], "conflict", "it is recorded and refuted")
    if met:
        return Verdict("met", _evidence(met))
    if refuted:
        return Verdict("not_met", _evidence(refuted))
    if unsure:
        return _open(rule, unsure, unsure[0].reason, unsure[0].detail)
    if over:
        return Verdict("not_met", _evidence(over))
    return _absent(rule, views, facts, policy)


def _absent(rule: Present, views: list[_View], facts: Facts, policy: Policy) -> Verdict:
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


def _open(rule: Present, views: list[_View], reason: FactReason, detail: str) -> Verdict:
    return Verdict("unknown", _evidence(views), (Missing(_name(rule), reason, rule.span, detail),))


def _name(rule: Present) -> str:
    return f"allergy to {rule.concept}" if rule.fact == "allergy" else rule.concept


def _evidence(views: list[_View]) -> tuple[Evidence, ...]:
    return tuple(_shown(view.finding) for view in views)


def _shown(finding: Finding) -> Evidence:
    value = {"active": "yes", "refuted": "no"}.get(finding.status, finding.status)
    date = finding.seen or finding.onset or finding.abatement
    name = f"allergy to {finding.concept}" if finding.fact == "allergy" else finding.concept
    note = ", ".join(part for part in (*finding.qualifiers, finding.note) if part)
    return Evidence(name, value, None, date.text if date else None, finding.source, note=note)
