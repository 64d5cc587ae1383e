"""A trial's rules read again: what a person locked stays, and every line that is another one since is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from eligibility.rules.parse import parse
from eligibility.rules.rule import Rule, Unclear
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.vocabulary.tables import Vocabulary

Kind = Literal["same", "rule", "words", "new", "gone"]
# Words that are alike to this degree are taken for the same criterion in other words.
_ALIKE = 0.6
# Of longer criteria the beginning is compared: likeness costs the square of the length.
_LONGEST = 2_000
_REASON = "its words changed since it was locked: "
_DIGEST = re.compile(r"^trial \S+ sha256:(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion in two rulebooks of a trial; it is not there before when it is new, nor after when it is gone."""

    before: Line | None
    after: Line | None

    @property
    def kind(self) -> Kind:
        """`words` when the source says something else, `rule` when only the rule is another."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if _key(self.before) != _key(self.after):
            return "words"
        return "same" if self.before.rule == self.after.rule else "rule"


def compare(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """Every line of two rulebooks of one trial, in the order of the new one, those that are gone at the end."""
    pairs = _pairs(old.lines, new.lines)
    there = [Change(pairs.get(at), line) for at, line in enumerate(new.lines)]
    kept = {id(line) for line in pairs.values()}
    return (*there, *(Change(line, None) for line in old.lines if id(line) not in kept))


def revised(old: Rulebook, new: Rulebook) -> Rulebook:
    """The new rulebook with the locked lines of the old one.

    A locked line whose words are others now keeps its lock and its rule, but decides nothing: it is `unclear`, with
    the locked rule as what it reads, until a person has looked at it.
    """
    return Rulebook(new.trial, tuple(_kept(change) for change in compare(old, new) if change.after is not None))


def _kept(change: Change) -> Line:
    before, after = change.before, change.after
    assert after is not None
    if before is None or before.locked is None:
        return after
    rule = before.rule if change.kind != "words" else _to_review(before, after)
    return Line(after.criterion, rule, before.locked)


def _to_review(before: Line, after: Line) -> Rule:
    return Unclear(after.criterion.text, f"{_REASON}{before.locked}", rules=(held(before),))


def to_review(line: Line) -> bool:
    """Whether a line is locked for words that are others now."""
    return isinstance(line.rule, Unclear) and line.rule.reason.startswith(_REASON) and len(line.rule.rules) == 1


def held(line: Line) -> Rule:
    """The rule that a person locked, also where its words are others now and it decides nothing."""
    return line.rule.rules[0] if to_review(line) and isinstance(line.rule, Unclear) else line.rule


def edited(text: str, book: Rulebook) -> bool:
    """Whether a rulebook's text was changed by hand since it was written: its digest is that of other lines."""
    digest = _DIGEST.search(text)
    return digest is None or digest[1] != book.digest


def lost(old: Rulebook, new: Rulebook, words: Vocabulary | None = None) -> tuple[Line, ...]:
    """The unlocked lines of a rulebook that was edited whose rule, which is not as read, would be put aside."""
    changes = [change for change in compare(old, new) if change.kind != "same"]
    lines = [change.before for change in changes if change.before is not None and change.before.locked is None]
    return tuple(line for line in lines if line.rule != parse(line.criterion, words))


def _pairs(old: Sequence[Line], new: Sequence[Line]) -> dict[int, Line]:
    """For each place in the new lines the old line that it was: the one in the same words, else the one most alike."""
    left = list(old)
    pairs: dict[int, Line] = {}
    for find in (_in_same_words, _most_alike):
        for at, line in enumerate(new):
            place = None if at in pairs else find(left, line)
            if place is not None:
                pairs[at] = left.pop(place)
    return pairs


def _in_same_words(left: Sequence[Line], line: Line) -> int | None:
    return next((at for at, other in enumerate(left) if _key(other) == _key(line)), None)


def _most_alike(left: Sequence[Line], line: Line) -> int | None:
    best, place = max(((_likeness(other, line), at) for at, other in enumerate(left)), default=(0.0, 0))
    return place if best >= _ALIKE else None


def _key(line: Line) -> tuple[str, str | None, str]:
    """What a criterion is known by: its side, its cohort and its words, however they are laid out."""
    return line.criterion.side, line.criterion.cohort, " ".join(line.criterion.text.split())


def _likeness(old: Line, new: Line) -> float:
    """From 0 to 1, 0 for what stands on another side or for another cohort."""
    (*group, was), (*other, now) = _key(old), _key(new)
    if group != other:
        return 0.0
    matcher = SequenceMatcher(None, was[:_LONGEST], now[:_LONGEST], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0
