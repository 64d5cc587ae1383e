"""Strong Kleene logic over verdicts: unknown stays unknown unless the rest decides.

A decided verdict rests on the facts of the rules that decided it; an unknown one on every fact looked at, and it is
missing what its unknown rules miss. What a decided rule would have missed can change nothing and is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eligibility.verdicts.verdict import Evidence, Missing, Truth, Verdict

OPPOSITE: dict[Truth, Truth] = {"met": "not_met", "not_met": "met", "unknown": "unknown"}


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Met when every verdict is, not met when one is not; nothing at all is met."""
    return _combined(verdicts, decisive="not_met", otherwise="met")


def any_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Met when one verdict is, not met when none can be; nothing at all is not met."""
    return _combined(verdicts, decisive="met", otherwise="not_met")


def at_least(count: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Met when `count` verdicts are, not met when so many cannot be."""
    met = [verdict for verdict in verdicts if verdict.truth == "met"]
    if len(met) >= count:
        return Verdict("met", _evidence(met))
    not_met = [verdict for verdict in verdicts if verdict.truth == "not_met"]
    if len(verdicts) - len(not_met) < count:
        return Verdict("not_met", _evidence(not_met))
    return _unknown(verdicts)


def negated(verdict: Verdict) -> Verdict:
    """Met and not met change places."""
    return Verdict(OPPOSITE[verdict.truth], verdict.because, verdict.missing)


def _combined(verdicts: Sequence[Verdict], *, decisive: Truth, otherwise: Truth) -> Verdict:
    deciding = [verdict for verdict in verdicts if verdict.truth == decisive]
    if deciding:
        return Verdict(decisive, _evidence(deciding))
    if any(verdict.truth == "unknown" for verdict in verdicts):
        return _unknown(verdicts)
    return Verdict(otherwise, _evidence(verdicts))


def _unknown(verdicts: Iterable[Verdict]) -> Verdict:
    missing: dict[Missing, None] = {}
    for verdict in verdicts:
        if verdict.truth == "unknown":
            missing.update(dict.fromkeys(verdict.missing))
    return Verdict("unknown", _evidence(verdicts), tuple(missing))


def _evidence(verdicts: Iterable[Verdict]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(fact for verdict in verdicts for fact in verdict.because))
