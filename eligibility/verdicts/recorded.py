"""What one record of a condition, treatment, procedure, allergy or state says of a rule that asks for it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date

from eligibility.patients.patient import Finding
from eligibility.patients.record import UNDATED, denied_on, has_ended
from eligibility.rules.rule import Present, Window
from eligibility.verdicts.verdict import FactReason, Truth
from eligibility.verdicts.windows import reach, since, timely

OPPOSITES = (
    frozenset(("mild", "moderate", "severe")),
    frozenset(("acute", "chronic")),
    frozenset(("controlled", "uncontrolled")),
    frozenset(("stable", "unstable")),
)
_ONCE = ("active", "history", "resolved")


@dataclass(frozen=True, slots=True)
class View:
    """What one record says: `truth` of the rule, and whether a "no" is about the very concept, so that it decides.

    `open` says that it was there, and may be there still: that contradicts a record that it is not.
    """

    finding: Finding
    truth: Truth
    decides: bool = False
    reason: FactReason = "missing"
    detail: str = ""
    open: bool = False


def outdated(rule: Present, finding: Finding, as_of: date | None, days: int) -> View | None:
    """What was seen or denied more than `days` ago, which may not hold today; None for any other record.

    Who once did a thing has done it for ever.
    """
    denied = finding.status == "refuted"
    on = denied_on(finding) if denied else finding.seen
    if on is None or (rule.status != "active" and finding.status in _ONCE):
        return None
    if timely(on, None, as_of, days) == "met":
        return None
    asked = "denied" if denied and not finding.seen else "asked"
    detail = f"it was last {asked} on {on.text.removeprefix('by ')}, more than {days} days ago"
    # an old denial says no more than nothing: a list that is complete today may still say no
    return View(finding, "not_met" if denied else "unknown", reason="stale", detail=detail)


def from_above(finding: Finding) -> View:
    """A record of a wider concept: only its refutation says anything certain of the narrower one."""
    if finding.status == "refuted":
        return View(finding, "not_met", not finding.qualifiers and not finding.narrower)
    return View(finding, "unknown", detail=f"{finding.name or finding.concept} is recorded, which may be this")


def view(rule: Present, finding: Finding, itself: bool, as_of: date | None) -> View:
    """A record of the concept (`itself`), of a kind of it, or of some of it."""
    if finding.status == "refuted":
        return View(finding, "not_met", itself and set(finding.qualifiers) <= set(rule.qualifiers))
    fits = _qualified(rule.qualifiers, finding.qualifiers)
    if fits == "not_met":
        return View(finding, "not_met")
    if finding.status == "unknown":
        return View(finding, "unknown", detail="its status is not known")
    found = _either(rule, finding, itself, as_of)
    if found.truth == "met" and fits == "unknown":
        asked = ", ".join(quality if " " not in quality else f"“{quality}”" for quality in rule.qualifiers)
        return View(finding, "unknown", detail=f"whether it is {asked} is not recorded")
    return found


def _qualified(wanted: tuple[str, ...], recorded: tuple[str, ...]) -> Truth:
    """Whether a record has the qualities asked for; the opposite quality says no, silence says nothing."""
    truths = []
    for quality in (word.casefold() for word in wanted):
        opposed = any(quality in group and not group.isdisjoint(recorded) for group in OPPOSITES)
        truths.append("met" if quality in recorded else "not_met" if opposed else "unknown")
    return "not_met" if "not_met" in truths else "unknown" if "unknown" in truths else "met"


def _either(rule: Present, finding: Finding, itself: bool, as_of: date | None) -> View:
    """What goes on, and has ended, decides only what it would decide either way; an end to come is only planned."""
    if finding.status != "active" or finding.abatement is None:
        return _timed(rule, finding, itself, as_of)
    going_on = _timed(rule, replace(finding, abatement=None), itself, as_of)
    if not has_ended(finding, as_of):
        return replace(going_on, finding=finding)
    over = _timed(rule, replace(finding, status="resolved"), itself, as_of)
    if going_on.truth == over.truth:
        return replace(over, finding=finding)
    detail = "it is recorded as active, and with an end"
    return View(finding, "unknown", reason="conflict", detail=detail, open=True)


def _timed(rule: Present, finding: Finding, itself: bool, as_of: date | None) -> View:
    if rule.window is not None:
        return _in_window(rule, finding, as_of)
    if rule.status == "active" and _may_go_on(finding, as_of):
        return _open(finding)
    if rule.status == "active" and finding.status != "active":
        return View(finding, "not_met", itself and not rule.qualifiers)
    return View(finding, "met")


def _may_go_on(finding: Finding, as_of: date | None) -> bool:
    """It was there on a day, and when it ended is not known at all; or it is one of several sessions, or its last day.

    On the day that a treatment or a stay ends it was still going on.
    """
    end, past = finding.abatement, finding.status in ("resolved", "history")
    if not past or finding.fact == "procedure" or end is None:
        return past and finding.fact == "procedure"
    last_day = finding.fact in ("treatment", "state") and as_of is not None and end.last.date() >= as_of
    return last_day or end.last == UNDATED.last


def _open(finding: Finding) -> View:
    return View(finding, "unknown", detail="whether it goes on is not recorded", open=True)


def _in_window(rule: Present, finding: Finding, as_of: date | None) -> View:
    window = rule.window
    if window is None or as_of is None:
        return View(finding, "unknown", detail="the day to judge by is not known")
    start = reach(as_of, window.value, window.unit)
    began = finding.onset or finding.seen
    onset = since(began, start) if began else None
    end = since(finding.abatement, start) if finding.abatement else None
    ongoing = finding.status == "active" and end is None
    if window.kind == "for":
        return _lasting(finding, onset, ongoing, as_of)
    if window.kind == "since":
        return _elapsed(finding, onset, end, ongoing)
    return _recent(rule, finding, onset, end, ongoing)


def _lasting(finding: Finding, onset: Truth | None, ongoing: bool, as_of: date) -> View:
    """For at least so long: still there, and begun before the window."""
    if not ongoing:
        return _open(finding) if _may_go_on(finding, as_of) else View(finding, "not_met")
    if onset is None or onset == "unknown":
        return View(finding, "unknown", detail="since when is not recorded")
    return View(finding, "met" if onset == "not_met" else "not_met")


def _elapsed(finding: Finding, onset: Truth | None, end: Truth | None, ongoing: bool) -> View:
    """At least so long ago: over before the window, or at one moment before it."""
    if ongoing and finding.fact in ("treatment", "state"):
        return View(finding, "not_met", True)
    last = end or (onset if finding.fact in ("procedure", "condition") and finding.status != "active" else None)
    if last is None or last == "unknown":
        return View(finding, "unknown", detail="when it was is not recorded")
    return View(finding, "met") if last == "not_met" else View(finding, "not_met", True)


def _recent(rule: Present, finding: Finding, onset: Truth | None, end: Truth | None, ongoing: bool) -> View:
    """Within so long: begun, or over, or (unless the text asks for an event of the past) going on in the window."""
    if "met" in (onset, end):
        return View(finding, "met")
    if ongoing and (rule.status != "history" or finding.fact in ("treatment", "state")):
        return View(finding, "met")
    if ongoing and onset is not None:
        detail = "it began before the window and is still listed as active"
        return View(finding, "unknown", reason="stale", detail=detail)
    if onset is None and end is None:
        return View(finding, "unknown", detail="when it was is not recorded")
    if end is None and finding.fact in ("treatment", "state"):
        return View(finding, "unknown", reason="stale", detail="when it ended is not recorded")
    if "unknown" in (onset, end):
        return View(finding, "unknown", reason="stale", detail="its date may lie outside the window")
    return View(finding, "not_met", reason="stale", detail="the record lies outside the window")


def times_seen(finding: Finding, window: Window | None, as_of: date | None) -> Hashable:
    """What a rule with this window (or none) sees of the times of a finding.

    Of findings that agree in this and in all else that they say, every view is the same.
    """
    if finding.seen is not None or finding.status == "refuted":  # how long ago that was counts to the day
        return finding.seen, finding.onset, finding.abatement, as_of
    end: Hashable = None
    if finding.abatement is not None:
        over = finding if finding.status != "active" else replace(finding, status="resolved")
        end = has_ended(finding, as_of), _may_go_on(over, as_of)
    if window is None or as_of is None:
        return end
    start = reach(as_of, window.value, window.unit)
    began = since(finding.onset, start) if finding.onset else None
    return end, began, since(finding.abatement, start) if finding.abatement else None
