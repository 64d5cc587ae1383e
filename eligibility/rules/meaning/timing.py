"""When and how often what a member says must hold: times, occasions, and words that tell of another time."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.brackets import Brackets, stretched
from eligibility.rules.meaning.joining import all_of, on_occasions, tests, untimed, within
from eligibility.rules.meaning.measures import PRESSURES
from eligibility.rules.meaning.sentence import Part, Piece
from eligibility.rules.meaning.source import FOR_SOME, NARROWED, OTHER_TIME, TO_COME, UNKNOWN
from eligibility.rules.rule import AllOf, AnyOf, Graded, Judgement, Measured, Present, Rule, Unclear

_WHEN: Final = "at|after|before|during|following|until|since|when|while|upon"
TIMELESS: Final = "a time that belongs to nothing that was understood"
LOOSE: Final = "an adjective without a noun"
_DONE_TO: Final = frozenset(("treated", "resected", "excised", "diagnosed", "cured", "transformed"))
_GIVEN: Final = frozenset(("treatment", "procedure"))
_OF_WHEN: Final = re.compile(rf"(?:{_WHEN})\b", re.I)
_OF_WHAT: Final = re.compile(rf"(?:{_WHEN}|per|post|on|in|of|from)\b", re.I)
# "in patients < 65 years", "for age ≥ 16"
_FOR: Final = re.compile(r"\W*(?:for|in|if|among|when)\b", re.I)
_AGAINST: Final = re.compile(r"contraindicat", re.I)
_OF_MORE: Final = re.compile(r"\s*(?:for|against)\b", re.I)
_TIME: Final = re.compile(
    r"\b(?:at|prior|before|after|past|previous|last|during|following|since|ago|until|then|when|within|days?|weeks?|months?|years?)\b"
)

# Words of circumstances that open more words, and the parts of those.
_OPENS: Final = ("despite", "while on", "while re", "while ta", "while un", "whilst on")
_OPENED: Final = frozenset(("WORDS", "THING", "QUALIFIER", "CURRENT", "ACTIVE", "OTHER", "HISTORY", "WINDOW"))
_OF_SUPPORT: Final = re.compile(r"transfus|support|factor|independent")
# What may stand between a limit and its circumstances, and what before a limit joins it to another.
_NEXT: Final = re.compile(
    r"[\s,]*(?:(?:when |as )?(?:is|are|was|were|measured|obtained|while|at screening|at baseline)[\s,]*)*"
)
_JOINED: Final = re.compile(r"(?:\b(?:or|and|nor)|/)\W*$", re.I)


class Timing(Brackets):
    """The rules read so far of one member, and what times do to the last of them."""

    def _window(self, part: Piece) -> None:
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present) and last.span and self._done(last.span[1]):
            self.scope = self.scope.inherited()
            self._narrowed(OTHER_TIME, part.end)  # "brain metastases treated within 4 weeks"
        elif isinstance(last, Present) and self.scope.negated and part.value.kind == "for" and last.fact in _GIVEN:
            self._narrowed(OTHER_TIME, part.end)  # "not received chemotherapy for > 14 days"
        elif isinstance(last, Present) and last.status != "active" and part.value.kind == "for" and last.fact in _GIVEN:
            self._narrowed(OTHER_TIME, part.end)  # "previous treatment with X for more than 4 months"
        elif isinstance(last, Present) and last.window is None:
            status = last.status if part.value.kind == "for" else "history"
            self.rules[-1] = replace(last, window=part.value, status=status, span=stretched(last, part.end))
        elif isinstance(last, Measured | Graded) and last.window is None:
            self.rules[-1] = replace(last, window=part.value, span=stretched(last, part.end))
        elif isinstance(last, Present) and {last.window and last.window.kind, part.value.kind} == {"for", "within"}:
            self._narrowed("how long, and when", part.end)
        elif isinstance(last, AllOf | AnyOf) and part.value.kind == "within" and untimed(last):
            self.rules[-1] = replace(within(last, part.value), span=stretched(last, part.end))
        else:
            self.window = part.value
            self._add(self.source.unclear(part.start, part.end, TIMELESS))

    def _done(self, end: int) -> bool:
        """Whether a participle stands behind the thing that ends there, so that a time is of what was done to it."""
        behind = self.scope.qualifiers and self.scope.start >= end
        return bool(behind) and self.scope.qualifiers[-1].rpartition(" ")[2] in _DONE_TO

    def _of_more(self, end: int) -> bool:
        """ "therapy for advanced/metastatic cancer": whether adjectives behind a thing are of what comes next."""
        last = self.rules[-1] if self.rules else None
        if not self.scope.qualifiers or not isinstance(last, Present) or last.span is None:
            return False
        if _OF_MORE.match(self.source.text, last.span[1]) is None:
            return False
        self._narrowed(LOOSE, end)
        return True

    def _narrowed(self, reason: str, end: int) -> None:
        """ "vaccine within 4 weeks following transplantation": a thing and a time that is not understood are one."""
        last = self.rules[-1]
        if isinstance(last, Unclear) and last is self.tied and last.reason == reason and last.span:
            words = f"{last.text} {self.source.words(last.span[1], end)}"  # one after another, each read once
            self.tied = replace(last, text=words.strip(), span=stretched(last, end))
        else:
            self.tied = self.source.unclear(*stretched(last, end), reason)
        self.rules[-1] = self.tied

    def _behind_denied(self, part: Piece) -> bool:
        """ "No liver disease AST < 2 ULN": a limit behind what is denied may define it, or be asked for by itself."""
        last = self.rules[-1]
        if not isinstance(last, Present) or part.value.kind not in ("measured", "all", "any"):
            return False
        if self.source.words((last.span or (0, part.start))[1], part.start):
            return False
        self._narrowed("a limit behind what is denied", part.end)
        return True

    def _narrows(self, part: Piece) -> bool:
        """ "weight < 2500 g | at birth": words that say of when or of what a limit is; without them it is another."""
        last = self.rules[-1]
        words = self.source.words((last.span or (0, part.start))[1], part.end)
        aged = isinstance(last, Measured) and last.variable == "age"
        return bool((_OF_WHEN if aged else _OF_WHAT).match(words))

    def _repeated(self, part: Piece, times: int) -> None:
        """ "SBP > 180 mmHg on two occasions"."""
        last = self.rules[-1] if self.rules else None
        if last is not None and tests(last):
            self.rules[-1] = on_occasions(last, times, part.end)
        else:
            self._add(self.source.unclear(part.start, part.end, UNKNOWN))

    def _whenever(self) -> None:
        """ "ketoacidosis at diagnosis": beside a time that is not understood a thing counts whenever it was."""
        rules = self.rules
        if len(rules) < 2 or not any(isinstance(rule, Unclear) and _TIME.search(rule.text.lower()) for rule in rules):
            return
        rules[:] = [_at_any_time(rule) for rule in rules]

    def _aided(self, part: Piece) -> None:
        """ "SpO2 < 90 % on room air", "BP > 160/100 despite treatment": when a value counts, a person must say."""
        last = self.rules[-1] if self.rules else None
        opens = str(part.value).lower().startswith(_OPENS)
        if last is None and not opens:
            self._add(self.source.judgement(part.start, part.end))
        elif last is None or not self._right_behind(last, part.start):
            self._words(Piece("WORDS", part.start, part.end, ""))
        elif self._joined(last):
            self._narrowed(NARROWED, part.end)  # "A > 160 or B > 100 despite treatment": it may be of both
        else:
            said = self.source.judgement(part.start, part.end)
            self.rules[-1] = self.aided = all_of([last, said], stretched(last, part.end))

    def _right_behind(self, last: Rule, start: int) -> bool:
        """Whether a limit stands right before a place."""
        return tests(last) and _NEXT.fullmatch(self.source.text, (last.span or (0, start))[1], start) is not None

    def _joined(self, last: Rule) -> bool:
        """Whether a limit is the second of two, except of the two blood pressures, which are taken as one."""
        start = (last.span or (0, 0))[0]
        if isinstance(last, Measured) and last.variable in PRESSURES:
            return False
        return _JOINED.search(self.source.text, max(0, start - 9), start) is not None

    def _goes_on(self, part: Part) -> bool:
        """ "despite | two antihypertensives", "transfusion independent | within 7 days": more of the circumstances."""
        last = self.rules[-1] if self.rules else None
        if not isinstance(last, AllOf) or last is not self.aided or not isinstance(last.rules[-1], Judgement):
            return False
        said = last.rules[-1]
        opened = part.kind in _OPENED and said.text.lower().startswith(_OPENS)
        if not opened and not (part.kind == "WINDOW" and _OF_SUPPORT.search(said.text.lower())):
            return False
        rules = (*last.rules[:-1], self.source.judgement((said.span or (part.start, 0))[0], part.end))
        self.rules[-1] = self.aided = AllOf(rules, span=stretched(last, part.end))
        return True

    @abstractmethod
    def _words(self, part: Piece) -> None:
        """Words that are not understood."""

    def _for_some(self, part: Piece) -> bool:
        """ "eGFR ≥ 60 in patients < 65 years": an age behind a limit says whom it binds."""
        last = self.rules[-1].span or (part.start, part.start)
        if not tests(self.rules[-1]) and self.rules[-1] is not self.tied:
            return False
        said = all(isinstance(leaf, Measured) and leaf.variable == "age" for leaf in leaves(part.value))
        if not said or last[1] > part.start or not _FOR.match(self.source.text[last[1] : part.end]):
            return False
        self._narrowed(FOR_SOME, part.end)
        self.source.subjects = ()
        return True

    def _trailing(self, end: int) -> None:
        """ "metastases that are treated": adjectives behind the noun are its own, elsewhere they are not understood."""
        last = self.rules[-1] if self.rules else None
        if self._of_more(end):
            return
        if self.scope.remote and last is not None and _AGAINST.match(self.source.text, self.scope.start):
            self._narrowed(TO_COME, end)  # "aspirin is | contraindicated for the patient"
            return
        if isinstance(last, Present) and last.span and self.scope.history and self.scope.start >= last.span[1]:
            self.rules[-1] = replace(last, status="history", span=stretched(last, self.scope.start))
        if not self.scope.qualifiers or not self.rules:
            return
        last, start = self.rules[-1], self.scope.start
        if isinstance(last, Present) and start < self.needed:
            qualifiers = (*last.qualifiers, *self.scope.qualifiers)
            self.rules[-1] = replace(last, qualifiers=qualifiers, span=stretched(last, start))
        else:
            words = " ".join(self.scope.qualifiers)
            self.rules.append(Unclear(words, LOOSE, span=(start, start + len(words))))

    def _disease(self, part: Piece) -> bool:
        """Whether a thing is a disease or a finding, which nobody gives."""
        word = self.source.vocabulary.words.get(part.value) if isinstance(part.value, str) else None
        return word is None or word.kind in ("condition", "state")


def _at_any_time(rule: Rule) -> Rule:
    if isinstance(rule, AnyOf):
        return replace(rule, rules=tuple(map(_at_any_time, rule.rules)))
    if isinstance(rule, Present) and rule.status == "active" and rule.window is None:
        return replace(rule, status="any")
    return rule
