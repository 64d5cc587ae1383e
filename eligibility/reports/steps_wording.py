"""What next steps say to a person, in one wording for text, JSON and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eligibility.reports.wording import OUTCOMES, REASONS, RESULTS, label, one_line
from eligibility.steps.next_steps import Ask, Miss, Never, NextSteps, Stale, Turn
from eligibility.verdicts.verdict import Result

ASKS = "Find out, in order of gain"
STALE = "Too old"
NEAR_MISSES = "Near misses: all that fails, fails by a number"
TURNS = "By time alone, all else unchanged"
NEVER = "Not to be decided by facts of today"
NEAR = 0.5  # of a limit: what is further from it is no near miss

_MOST_TRIALS = 6
_CLOCK = re.compile(r"(?<=\d)T\d\d:\d\d[^\s,;/]*")


def gain(ask: Ask) -> str:
    """What knowing a fact is worth: how many trials it decides, at once or with those before it."""
    wanted = f"{len(ask.wanted_by)} {_trials(ask.wanted_by)} {'wants' if len(ask.wanted_by) == 1 else 'want'} it"
    if ask.decides:
        here = f"decides {len(ask.decides)} {_trials(ask.decides)}"
        if set(ask.decides) == set(ask.alone):
            return here if len(ask.wanted_by) == len(ask.decides) else f"{here}; {wanted}"
        alone = f", {len(ask.alone)} of them by itself" if ask.alone else ", none of them by itself"
        return f"with those above {here}{alone}; {wanted}"
    return f"decides none yet; {wanted}"


def _trials(some: Iterable[str]) -> str:
    return "trial" if len(list(some)) == 1 else "trials"


def background(ask: Ask) -> str:
    """What a reader should know of a fact: what is computed from it, and why the record does not tell."""
    parts = [f"for {', '.join(map(label, ask.computes))}"] if ask.computes else []
    parts += [f"{REASONS[reason]}" for reason in ask.reasons if reason != "missing" and not ask.details]
    parts += [_day(detail) for detail in ask.details]
    return "; ".join(parts)


def _day(text: str) -> str:
    """Words of a record with the days in them, but without the hours."""
    return _CLOCK.sub("", one_line(text))


def few(trials: tuple[str, ...]) -> str:
    """The first of some trials, and how many more there are."""
    more = len(trials) - _MOST_TRIALS
    named = ", ".join(one_line(trial) for trial in trials[:_MOST_TRIALS])
    return f"{named} and {more} more" if more > 0 else named


def stale_words(row: Stale) -> str:
    """A fact that is too old, and from when one would count."""
    last = f"the last is of {_day(row.last)}" if row.last else "its day is not recorded"
    counts = f"; one of {row.counts_from} or later counts" if row.counts_from else ""
    return f"{label(row.fact)}: {last}{counts} ({few(row.trials)})"


def miss_words(miss: Miss) -> str:
    """By how much a criterion fails: "Haemoglobin 9.8 g/dL, the limit is 10 g/dL: 0.2 g/dL (2 %) away"."""
    if miss.unit == "level":
        levels = "level" if miss.by == "1" else "levels"
        return (
            f"{label(miss.fact)} {one_line(miss.value)}, the nearest that fits is {miss.limit}: {miss.by} {levels} away"
        )
    unit = f" {one_line(miss.unit)}" if miss.unit else ""
    if unit == " year":
        unit = " years"
    far = f"{miss.by}{unit} ({_percent(miss.share)}) away" if float(miss.by) else "just at it"
    enough = ", and the limit itself does not fit" if miss.beyond else ""
    return f"{label(miss.fact)} {one_line(miss.value)}{unit}, the limit is {miss.limit}{unit}: {far}{enough}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


def turn_words(turn: Turn) -> str:
    """When a trial's outcome changes by time alone, and by which criteria."""
    changed = ", ".join(_change(*change) for change in turn.changes)
    now, then = OUTCOMES[turn.now].lower(), OUTCOMES[turn.then].lower()
    return f"{turn.day}  {one_line(turn.trial)}: {now} → {then} ({changed})"


def _change(name: str, before: Result, after: Result) -> str:
    if before == after:
        return f"{name} stays {RESULTS[before]}, for another reason"
    return f"{name} {RESULTS[before]} → {RESULTS[after]}"


def never_words(row: Never) -> str:
    """Why no fact decides a trial."""
    if not row.criterion:
        return f"{one_line(row.trial)}: {one_line(row.detail)}"
    why = _day(row.detail) or "no record of today would settle it"
    return f"{one_line(row.trial)} {row.criterion}, {label(row.fact)}: {why}"


def opening_lines(steps: NextSteps) -> list[str]:
    """Whose steps these are, of which day, and about how many trials."""
    day = f"as of {steps.as_of}" if steps.as_of else "no day given, no dated fact"
    day = "without ids, names and exact dates; days count from the day of judging" if steps.redacted else day
    total = sum(steps.counts.values())
    counted = ", ".join(f"{number:,} {OUTCOMES[outcome].lower()}" for outcome, number in steps.counts.items())
    lines = [f"Next steps for patient {one_line(steps.patient)}, {day}"]
    lines.append(f"{total:,} {'trial' if total == 1 else 'trials'}: {counted}")
    if steps.looked_at:
        seen = ", ".join(f"{number:,} {OUTCOMES[outcome].lower()}" for outcome, number in steps.looked_at.items())
        lines.append(f"The lists below are of the first of their ranking: {seen} (--most)")
    return lines
