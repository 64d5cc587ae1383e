"""How several values of one fact make one verdict: the latest, any, or so many of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eligibility.derived.moments import is_same, told
from eligibility.patients.dates import When
from eligibility.rules.rule import Graded, Measured
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.verdict import Evidence, FactReason, Missing, Reason, Truth, Verdict
from eligibility.verdicts.windows import Item, anchored, latest, timely


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one value says of a rule; `reason` and `detail` when it says nothing."""

    truth: Truth
    reason: FactReason = "missing"
    detail: str = ""


MET, NOT_MET = Opinion("met"), Opinion("not_met")


def both(first: Opinion, second: Opinion) -> Opinion:
    """Kleene "and" of two opinions."""
    if first.truth == "not_met" or second.truth == "met":
        return first
    return second


def unread(when: When | None) -> str:
    """What is said of a value that stands in the record and cannot be read."""
    return f"the newest value{f', of {when.text},' if when else ''} could not be read"


def unknown(fact: str, reason: Reason, span: tuple[int, int] | None, detail: str = "") -> Verdict:
    """The verdict of a leaf nothing is known about."""
    return Verdict("unknown", (), (Missing(fact, reason, span, detail),))


def weigh(
    rule: Measured | Graded,
    name: str,
    items: Sequence[Item],
    facts: Facts,
    days: int,
    test: Callable[[Item], Opinion],
    show: Callable[[Item], Evidence],
    extreme: Callable[[str, Sequence[Item], bool], Item | None],
    listed: str,
) -> Verdict:
    """One verdict from the values of a fact: those in the window (or at most `days` old), selected as the rule says.

    `test` judges one value, `show` shows it, `extreme` makes the least or greatest of several (given whether there can
    be no others), `listed` is the profile's list that may be declared complete.
    """
    if not items:
        return unknown(name, "missing", rule.span)
    if not anchored(rule.window):
        anchor = rule.window.anchor if rule.window else ""
        return unknown(name, "missing", rule.span, f"the day of {anchor} is not known")
    as_of = facts.patient.as_of
    timed = [(item, timely(item.when, rule.window, as_of, days)) for item in items]
    inside = [pair for pair in timed if pair[1] != "not_met"]
    if not inside:
        return _stale(rule, name, items, show, days)
    found = _selected(rule, name, inside, items, facts, test, show, extreme, listed)
    if found.truth != "met" or rule.window is None or rule.window.kind != "since":
        return found
    newer = [item for item, timing in timed if timing != "met" and test(item).truth != "not_met"]
    if newer:
        evidence = (*found.because, *map(show, newer))
        detail = "it was long enough ago, and may have been again since"
        return Verdict("unknown", evidence, (Missing(name, "conflict", rule.span, detail),))
    return found


def _selected(
    rule: Measured | Graded,
    name: str,
    inside: list[tuple[Item, Truth]],
    items: Sequence[Item],
    facts: Facts,
    test: Callable[[Item], Opinion],
    show: Callable[[Item], Evidence],
    extreme: Callable[[str, Sequence[Item], bool], Item | None],
    listed: str,
) -> Verdict:
    """The verdict from the values `inside` the window."""
    if rule.select == "latest" and rule.times == 1:
        newest = _newest(inside)
        others = _passed_over([item for item, _ in newest], items, show)
        return _agreed(rule, name, [(item, _timed(test(item), timing)) for item, timing in newest], show, others)
    kept = {id(item) for item in told(item for item, _ in inside)}
    inside = [pair for pair in inside if id(pair[0]) in kept]
    complete = listed in facts.patient.complete
    if rule.select in ("min", "max"):
        sure = [item for item, timing in inside if timing == "met"]
        found = extreme(rule.select, sure, complete and len(sure) == len(inside))
        if found is None:
            return unknown(name, "stale", rule.span, "no value surely lies in the window")
        return _agreed(rule, name, [(found, test(found))], show)
    opinions = [(item, _timed(test(item), timing)) for item, timing in inside]
    return _counted(rule, name, opinions, show, complete)


def _newest(pairs: list[tuple[Item, Truth]]) -> list[tuple[Item, Truth]]:
    """The pairs of those items that may be the latest."""
    if len(pairs) == 1:
        return pairs
    newest = {id(item) for item in latest([item for item, _ in pairs])}
    return [pair for pair in pairs if id(pair[0]) in newest]


def _passed_over(
    counted: Sequence[Item], items: Sequence[Item], show: Callable[[Item], Evidence]
) -> tuple[Evidence, ...]:
    """Beside a recorded value that counts the newest computed one, and the other way round, with the reason."""
    kinds = {item.computed for item in counted}
    others = [item for item in items if item.computed not in kinds]
    if len(kinds) != 1 or not others:
        return ()
    other, first = latest(others)[0], counted[0]
    same = other.computed and is_same(other.when, first.when)
    evidence = show(other)
    note = "recorded value of the same day used" if same and first.when else "recorded value used" if same else ""
    note = note or "older, not used"
    return (replace(evidence, note="; ".join(filter(None, (note, evidence.note)))),)


def _timed(opinion: Opinion, timing: Truth) -> Opinion:
    return opinion if timing == "met" else Opinion("unknown", "stale", "its date may lie outside the window")


def _stale(
    rule: Measured | Graded, name: str, items: Sequence[Item], show: Callable[[Item], Evidence], days: int
) -> Verdict:
    last = latest(items)[0]
    evidence = show(last)
    length = f"{rule.window.value:g} {rule.window.unit}" if rule.window else f"{days} days"
    side = "newer" if rule.window and rule.window.kind == "since" else "older"
    detail = f"the last value, of {evidence.date}, is {side} than {length}"
    return Verdict("unknown", (evidence,), (Missing(name, "stale", rule.span, detail),))


def _agreed(
    rule: Measured | Graded,
    name: str,
    opinions: Sequence[tuple[Item, Opinion]],
    show: Callable[[Item], Evidence],
    others: tuple[Evidence, ...] = (),
) -> Verdict:
    """The latest value, or several of one moment where they agree; `others` are shown behind them."""
    evidence = tuple([show(item) for item, _ in opinions])
    truths = {opinion.truth for _, opinion in opinions}
    if len(truths) == 1 and "unknown" not in truths:
        return Verdict(truths.pop(), (*evidence, *others))
    unsure = [opinion for _, opinion in opinions if opinion.truth == "unknown"]
    if unsure:
        missing = Missing(name, unsure[0].reason, rule.span, unsure[0].detail)
        return Verdict("unknown", (*evidence, *others), (missing,))
    values = " and ".join(dict.fromkeys(row.value for row in evidence))
    detail = f"{values} are both the latest value"
    return Verdict("unknown", (*evidence, *others), (Missing(name, "conflict", rule.span, detail),))


def _counted(
    rule: Measured | Graded,
    name: str,
    opinions: Sequence[tuple[Item, Opinion]],
    show: Callable[[Item], Evidence],
    complete: bool,
) -> Verdict:
    """At least `times` values fulfil the rule. What is not recorded may, unless the list is complete."""
    met = [item for item, opinion in opinions if opinion.truth == "met"]
    if len(met) >= rule.times:
        return Verdict("met", tuple(show(item) for item in met))
    unsure = [opinion for _, opinion in opinions if opinion.truth == "unknown"]
    evidence = tuple(show(item) for item, _ in opinions)
    if complete and len(met) + len(unsure) < rule.times:
        return Verdict("not_met", evidence)
    reason = unsure[0].reason if unsure else "missing"
    detail = unsure[0].detail if unsure else "another value, not recorded here, may fulfil it"
    return Verdict("unknown", evidence, (Missing(name, reason, rule.span, detail),))
