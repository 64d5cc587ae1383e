"""What a criterion asks for, in the words of a clinician: "a MELD score of at most 30", "no history of stroke"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eligibility.patients.levels import values_of
from eligibility.reports.questions import spoken
from eligibility.reports.wording import one_line, shortened
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Duration,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Unclear,
    Window,
)

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

_MULTIPLES = {
    "ULN": "times the upper limit of normal",
    "LLN": "times the lower limit of normal",
    "baseline": "times the baseline",
    "%predicted": "% of the predicted value",
}
_SELECTED = {"latest": "", "any": "ever ", "min": "at its lowest ", "max": "at its highest "}
_TIMES = frozenset(("year", "month", "week", "day", "hour", "minute"))
_MOST_PARTS = 12
_QUOTE = 80


def requirement(rule: Rule, wanted: bool, words: Mapping[str, Word]) -> str:
    """What must be so for a rule to come out as `wanted`: met, or not met."""
    match rule:
        case Measured():
            return _measured(rule, wanted, words)
        case Graded():
            return _graded(rule, wanted, words)
        case Changed():
            return _changed(rule, wanted, words)
        case Present():
            return _present(rule, wanted, words)
        case Not():
            return requirement(rule.rule, not wanted, words)
        case AllOf() | AnyOf():
            return _joined(rule, wanted, words)
        case AtLeast():
            listed = "; ".join(requirement(part, True, words) for part in rule.rules)
            return f"{'at least' if wanted else 'fewer than'} {rule.count} of these: {listed}"
        case Judgement() | Unclear():
            return f"{'' if wanted else 'not '}“{shortened(one_line(rule.text), _QUOTE)}”"
    raise TypeError(f"no rule of the kernel: {type(rule).__name__}")


def _joined(rule: AllOf | AnyOf, wanted: bool, words: Mapping[str, Word]) -> str:
    """Parts in a row; "not (A or B)" is "no A and no B"."""
    every = isinstance(rule, AllOf) == wanted
    parts = [_bracketed(part, wanted, words, rule) for part in rule.rules]
    if not parts:
        return "nothing" if every else "what cannot be"
    if len(parts) > _MOST_PARTS:
        parts = [*parts[:_MOST_PARTS], f"{len(parts) - _MOST_PARTS} more"]
    return (", and " if every else ", or ").join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def _bracketed(part: Rule, wanted: bool, words: Mapping[str, Word], whole: Rule) -> str:
    told = requirement(part, wanted, words)
    inner = part.rule if isinstance(part, Not) else part
    return f"({told})" if isinstance(inner, AllOf | AnyOf | AtLeast) and inner.kind != whole.kind else told


def _measured(rule: Measured, wanted: bool, words: Mapping[str, Word]) -> str:
    name = f"{_SELECTED[rule.select]}{spoken(rule.variable, words)}"
    return f"{name} {_range(rule.low, rule.high, wanted)}{_times(rule.times, wanted)}{_window(rule.window)}"


def _range(low: Bound | None, high: Bound | None, wanted: bool) -> str:
    if low and high:
        ends = f"{_plain(low)} to {_number(high)}" if low.unit == high.unit else f"{_number(low)} to {_number(high)}"
        open_ = "" if low.inclusive and high.inclusive else f", {_left_out(low, high)} not included"
        return f"{'of' if wanted else 'outside'} {ends}{open_}"
    if low:
        inclusive, below = low.inclusive, not wanted
    elif high:
        inclusive, below = high.inclusive, wanted
    else:
        return "known" if wanted else "not known"
    bound = low or high
    inclusive = inclusive if wanted else not inclusive
    how = ("of at most" if inclusive else "below") if below else ("of at least" if inclusive else "above")
    return f"{how} {_number(bound)}" if bound else how


def _left_out(low: Bound, high: Bound) -> str:
    if low.inclusive == high.inclusive:
        return "both ends"
    return f"{low.value:g}" if high.inclusive else f"{high.value:g}"


def _plain(bound: Bound) -> str:
    return f"{bound.value:.12g}"


def _number(bound: Bound) -> str:
    unit = bound.unit or bound.assumed
    if unit is None:
        return _plain(bound)
    if unit in _TIMES:
        return _length(bound.value, unit)
    if unit == "ULN" and bound.value == 1:
        return "the upper limit of normal"
    if unit == "LLN" and bound.value == 1:
        return "the lower limit of normal"
    return f"{_plain(bound)} {_MULTIPLES.get(unit, unit)}"


def _length(value: float, unit: str) -> str:
    return f"{value:.12g} {unit}{'' if value == 1 else 's'}"


def _times(times: int, wanted: bool) -> str:
    return "" if times == 1 else f" on {'at least' if wanted else 'fewer than'} {times} occasions"


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    length, anchor = _length(window.value, window.unit), one_line(window.anchor)
    before = {"within": f"within {length}", "for": f"for at least {length}", "since": f"at least {length}"}[window.kind]
    return f" {before} before {anchor}"


def _graded(rule: Graded, wanted: bool, words: Mapping[str, Word]) -> str:
    word = words.get(rule.scale)
    order = values_of(word) if word else rule.levels
    named = ", ".join(level for level in order if level in rule.levels) or ", ".join(rule.levels)
    first, _, last = named.rpartition(", ")
    listed = f"{first} or {last}" if first else last
    name = f"{_SELECTED[rule.select]}{spoken(rule.scale, words)}"
    return f"{name} {'' if wanted else 'other than '}{listed}{_times(rule.times, wanted)}{_window(rule.window)}"


def _changed(rule: Changed, wanted: bool, words: Mapping[str, Word]) -> str:
    size = f" {_range(rule.low, rule.high, True)}" if rule.low or rule.high else ""
    per = f" per {_span(rule.per)}" if rule.per else ""
    return f"{'a' if wanted else 'no'} {rule.direction} of {spoken(rule.variable, words)}{size}{per}"


def _span(length: Duration) -> str:
    return length.unit if length.value == 1 else _length(length.value, length.unit)


def _present(rule: Present, wanted: bool, words: Mapping[str, Word]) -> str:
    name, word = " ".join((*map(one_line, rule.qualifiers), spoken(rule.concept, words))), words.get(rule.concept)
    if rule.fact == "allergy":
        told = f"{'an' if wanted else 'no'} allergy to {name}"
    elif rule.fact == "state" or (word and word.kind == "state"):
        told = name if wanted else f"not: {name}"
        told = f"ever {name}" if rule.status != "active" and wanted else told
        told = f"never {name}" if rule.status != "active" and not wanted else told
    elif rule.status == "active":
        told = name if wanted else f"no {name}"
    else:
        told = f"{'a' if wanted else 'no'} history of {name}"
    return f"{told}{_window(rule.window)}"
