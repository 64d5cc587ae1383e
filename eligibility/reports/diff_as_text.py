"""What changed between two versions of a trial's rules, as plain text of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from eligibility.reports.diff import Flip, TrialDiff
from eligibility.reports.wording import OUTCOMES, RESULTS, one_line, printable
from eligibility.rules.notation import notation
from eligibility.rules.revision import Change, to_review
from eligibility.rules.rulebook import Line, Rulebook

WIDTH = 100
_KINDS = {"rule": "another rule", "words": "other words", "new": "new", "gone": "gone"}


def diff_as_text(diff: TrialDiff) -> str:
    """One trial: how much changed, every line that did with its words and rules, and whose verdicts turn."""
    if diff.missing:
        return f"{one_line(diff.trial)} · {diff.missing}\n"
    lines = [f"{one_line(diff.trial)} · {summary(diff.changes)}"]
    lines += [text for change in diff.changes if change.kind != "same" for text in ("", *_change(change))]
    if diff.patients is not None:
        lines += ["", _turned(diff.flips, diff.patients)]
        ordered = sorted(diff.flips, key=lambda flip: not flip.turns)
        lines += [text for flip in ordered for text in _flip(flip, diff.changes)]
    return "\n".join(lines) + "\n"


def summary(changes: Sequence[Change]) -> str:
    """ "1 another rule, 2 other words, 14 as before"."""
    counts = ((sum(change.kind == kind for change in changes), words) for kind, words in _KINDS.items())
    told = [f"{count} {words}" for count, words in counts if count]
    same = sum(change.kind == "same" for change in changes)
    return ", ".join([*told, f"{same} as before"])


def renewal(file: str, book: Rulebook, changes: Sequence[Change] | None) -> str:
    """One line on a rulebook that was written: new, or read again with its locked lines."""
    if changes is None:
        count = len(book.lines)
        return f"{one_line(file)}: new, {count} {'line' if count == 1 else 'lines'}"
    lock = [change for change in changes if change.before is not None and change.before.locked is not None]
    told = [f"read again, {summary([change for change in changes if change not in lock])}"]
    if kept := sum(change.kind in ("same", "rule") for change in lock):
        told.append(f"{kept} locked and kept")
    if named := [_id(change) for change in lock if change.kind == "words"]:
        told.append(f"locked in other words, to be reviewed: {', '.join(named)}")
    if named := [_id(change) for change in lock if change.kind == "gone"]:
        told.append(f"locked and no longer there: {', '.join(named)}")
    return f"{one_line(file)}: {'; '.join(told)}"


def _change(change: Change) -> Iterator[str]:
    line = change.after or change.before
    assert line is not None
    cohort = f" · cohort {one_line(line.criterion.cohort)}" if line.criterion.cohort else ""
    locked = f" · locked {one_line(line.locked)}" if line.locked else ""
    review = " · to be reviewed" if to_review(line) else ""
    yield f"{line.criterion.side} {_id(change)}{cohort} · {_KINDS[change.kind]}{locked}{review}"
    for name, side in (("was", change.before), ("now", change.after)):
        if side is not None:
            yield from _words(name, side) if change.kind != "rule" or name == "was" else ()
            yield from _wrapped(printable(notation(side.rule)), "      → " if change.kind != "rule" else f"  {name} → ")


def _id(change: Change) -> str:
    ids = [line.criterion.id for line in (change.before, change.after) if line is not None]
    return " → ".join(dict.fromkeys(ids))


def _words(name: str, line: Line) -> list[str]:
    return _wrapped(f"“{one_line(line.criterion.text)}”", f"  {name} ")


def _turned(flips: Sequence[Flip], patients: int) -> str:
    """ "4 of 10 patients have another outcome, of 6 more only criteria are judged otherwise"."""
    turned = sum(flip.turns for flip in flips)
    told = f"{turned} of {patients} {'patient has' if patients == 1 else 'patients have'} another outcome"
    rest = len(flips) - turned
    return f"{told}, of {rest} more only criteria are judged otherwise" if rest else told


def _flip(flip: Flip, changes: tuple[Change, ...]) -> Iterator[str]:
    was, now = OUTCOMES[flip.before.outcome], OUTCOMES[flip.after.outcome]
    yield f"  {one_line(flip.patient)} · {f'{was} → {now}' if was != now else f'stays {now}'}"
    for before, after in flip.rows(changes):
        row = after or before
        assert row is not None
        results = " → ".join(RESULTS[one.result] if one else "not there" for one in (before, after))
        yield f"    {row.criterion.side} {row.criterion.id}: {results}"


def _wrapped(text: str, lead: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    ) or [lead]
