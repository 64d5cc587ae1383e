"""What stands in brackets behind a noun or a test: a definition, examples, an exception, a short name."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.bracketed import WIDENING, bracketed, described
from eligibility.rules.meaning.conditions import INSTEAD, compared_as, conditional, instead
from eligibility.rules.meaning.examples import generic
from eligibility.rules.meaning.joining import all_of, any_of, computable, tests, timed
from eligibility.rules.meaning.notes import says_nothing
from eligibility.rules.meaning.references import without_references
from eligibility.rules.meaning.results import is_result
from eligibility.rules.meaning.scope import Scope, negation
from eligibility.rules.meaning.sentence import Bracket, Clause, Piece
from eligibility.rules.meaning.source import ALLOWANCE, EXAMPLES, EXCEPTION, UNKNOWN, Source
from eligibility.rules.rule import Graded, Judgement, Measured, Not, Present, Rule, Unclear, Window
from eligibility.spans import Span

# Words of which only this is known cannot change a limit beside them, they can only add to it.
_PLAIN: Final = frozenset((UNKNOWN, "an adjective without a noun"))
# "Karnofsky ≥ 60 (ECOG 0-2)": one scale or the other.
_PERFORMANCE: Final = frozenset(("karnofsky", "lansky", "ecog_ps"))
_CHANGED: Final = "the brackets may change the limit"
# The key of a named thing, and where its name stands.
Noun = tuple[str, int, int]
# which every one is
_ALL_KINDS: Final = [("acute",), ("chronic",)]

_ASKS: Final = re.compile(
    r"\((?:all )?(?:women|females|patients|subjects|participants|men)\b(?!.*\b(?:eligible|allow|permit|includ|enrol))"
    r"[^()]* (?:must|should) (?:have|be|use|agree|undergo)\b"
)


class Brackets(ABC):
    """The rules read so far of one member, and how a bracket changes the last of them."""

    def __init__(
        self, source: Source, scope: Scope, clauses: Callable[[Sequence[Clause], Scope | None], Rule | None]
    ) -> None:
        self.source, self.scope, self.clauses = source, scope, clauses
        self.positive: list[Rule] = []
        self.negative: list[Rule] = []
        self.judged = self.tested = self.named = self.indifferent = self.governed = False
        self.sex: str | None = None
        self.both = False
        self.run: Unclear | None = None
        self.tied: Unclear | None = None
        self.aided: Rule | None = None
        self.noun: Noun | None = None
        self.window: Window | None = None
        self.worded: tuple[str, ...] = ()
        self.allowance: Rule | None = None
        self.ahead: Window | None = None
        self.ahead_at = (0, 0)
        self.sign: Piece | None = None
        self.carried: Rule | None = None
        self.told, self.behind = "", False
        self.related = False
        self.needed = 1 << 60  # where words begin that tell what the thing before them requires

    @property
    def rules(self) -> list[Rule]:
        """Where the next rule goes."""
        return self.negative if self.scope.negated else self.positive

    def _add(self, rule: Rule) -> None:
        self.rules.append(rule)
        self.scope = self.scope.inherited()
        self.run = None

    def _bracket(self, bracket: Bracket) -> None:
        leading = bracket.clauses[0].members[0][0]
        if self.rules and says_nothing(self.source.words(bracket.start + 1, bracket.end - 1)):
            return
        if self.rules and tests(self.rules[-1]):
            told = without_references(bracket, self.source)
            if told is None or self._instead(told):
                return
            bracket = told
        time = self._only_time(bracket)
        if time is not None and self.rules:
            self._window(time)
            return
        if time is not None:
            self.ahead, self.ahead_at = time.value, (bracket.start, bracket.end)
            return
        adjectives = _adjectives(bracket)
        if adjectives:
            for piece in adjectives:
                self.scope = self.scope.after(piece)
            return
        inner = self.clauses(bracket.clauses, self.scope.sharing(self.worded))
        kinds = _alternatives(bracket) if isinstance(inner, Unclear) else []
        if kinds and self._unnamed(kinds):
            thing, span = self.rules[-1], stretched(self.rules[-1], bracket.end)
            self.rules[-1] = any_of([_described(thing, words, span) for words in kinds], span)
            return
        if inner is None and self.rules and self._head(bracket):
            words = self.source.words(bracket.start + 1, bracket.end - 1)
            self.rules[-1] = described(self.rules[-1], words, stretched(self.rules[-1], bracket.end))
        if inner is None:
            if self.rules and isinstance(leading, Piece) and leading.kind in ("EXCEPT", "UNLESS"):  # "(unless cured)"
                self.rules[-1] = self.source.unclear(*stretched(self.rules[-1], bracket.end), EXCEPTION)
            return
        if not self.rules:
            excepts = isinstance(leading, Piece) and leading.kind in ("EXCEPT", "UNLESS")
            self._add(self.source.unclear(bracket.start, bracket.end, EXCEPTION) if excepts else inner)
            return
        if isinstance(inner, Graded) and inner.scale == "sex":
            self._sexed(inner.levels[0])
            return
        last = self.rules[-1]
        span = ((last.span or (bracket.start, 0))[0], bracket.end)
        if isinstance(leading, Piece) and leading.kind in ("EXCEPT", "UNLESS"):
            freed = self.scope.negated and self.source.side == "inclusion" and leading.kind == "UNLESS"
            if freed:  # "no failure (unless caused by lymphoma)": what is denied is the failure of everything else
                self.rules[-1] = all_of([last, negation(inner, span, self.source.vocabulary)], span)
            else:
                self.rules[-1] = self.source.excepted(leading, last, inner, span)
            return
        if self.source.side == "exclusion" and isinstance(last, Present) and _ASKS.search(self.source.words(*span)):
            asked = self.source.judgement(bracket.start + 1, bracket.end - 1)
            self.rules[-1] = any_of([last, Not(asked, span=asked.span)], span)
            return  # "pregnant (women must have a negative test)": what is asked of the others
        if isinstance(last, Graded) and isinstance(inner, Graded) and last.scale == inner.scale:
            self.rules[-1] = replace(inner, span=span)
            return
        if isinstance(leading, Piece) and leading.kind in ("LEAD", "SUCH_AS") and leading.value != "and":
            strange = isinstance(last, Unclear) and computable(inner) and not generic(last.text)
            if leading.kind == "SUCH_AS" and (strange or _of_what_for(last, inner)):
                self.rules[-1] = self.source.unclear(*span, EXAMPLES)
                return
            if isinstance(last, Present) and last.window is not None:
                inner = timed(inner, last.window)  # "enzyme inducers within 14 days (e.g. phenytoin)"
            if isinstance(last, Not) and isinstance(inner, Not):  # "4 weeks since immunotherapy (including …)"
                self.rules[-1] = Not(any_of([last.rule, inner.rule], span), span=span)
            else:
                self.rules[-1] = any_of([last, inner], span)
        elif isinstance(inner, Unclear) and inner.reason == ALLOWANCE:
            self.rules[-1] = self._allowed(last, inner, span)
        elif (rule := bracketed(last, inner, bracket, self._head(bracket), self.source, span)) is not None:
            self.rules[-1] = rule
        elif tests(last) or _is_changed(last):
            self.rules[-1] = self._beside(last, inner, span)
        elif isinstance(last, Present) and any(is_result(leaf, self.source.vocabulary) for leaf in leaves(inner)):
            self.rules[-1] = all_of([last, inner], span)  # "NSCLC (EGFR-mutated)": of the result alone nothing follows
        elif tests(inner):
            self.rules[-1] = replace(inner, span=span)
            self.named = True
        elif not self._abbreviation(bracket, last, inner):
            plain = isinstance(inner, Judgement) or (isinstance(inner, Unclear) and inner.reason in _PLAIN)
            unclear = self.source.unclear(*span, WIDENING)
            self.rules[-1] = all_of([last, inner], span) if plain else unclear

    def _head(self, bracket: Bracket) -> str:
        """The name of the finding a bracket stands behind, without its adjectives."""
        if self.noun is None or self.source.words(self.noun[2], bracket.start):
            return ""
        return self.source.words(self.noun[1], self.noun[2])

    def _sexed(self, sex: str) -> None:
        """ "< 12 g/dL (women) / < 13 g/dL (men)": two sexes in one member are not told apart."""
        self.both = self.both or (self.sex is not None and self.sex != sex)
        self.sex = sex

    def _only_time(self, bracket: Bracket) -> Piece | None:
        """ "stroke (within 6 months)"."""
        parts = [part for clause in bracket.clauses for part in clause.parts()]
        only = parts[0] if len(parts) == 1 else None
        return only if isinstance(only, Piece) and only.kind == "WINDOW" else None

    @abstractmethod
    def _window(self, part: Piece) -> None:
        """A time of what was read last."""

    def _instead(self, bracket: Bracket) -> bool:
        """ "≤ 2.5 × ULN (≤ 5 × ULN if the liver is involved)": the bracket takes the place of the limit before it."""
        halves = conditional(bracket.clauses[0], INSTEAD) if len(bracket.clauses) == 1 else None
        if halves is None:
            return False
        last = self.rules[-1]
        other = compared_as(last, halves[0]) or self.clauses((halves[0],), None)
        condition = self.clauses((halves[1],), None)
        if other is None or condition is None or not tests(other):
            return False
        span = stretched(last, bracket.end)
        self.rules[-1] = instead(last, other, condition, span, self.source.side)
        return True

    def _allowed(self, last: Rule, inner: Rule, span: Span) -> Rule:
        """ "X (… may be allowed)": a person may waive the requirement, or the reason to exclude."""
        if self.source.side == "inclusion" and self.rules is self.negative:
            return all_of([last, Not(inner, span=inner.span)], span)  # "no steroids (≤ 10 mg allowed)"
        if self.source.side == "inclusion" and not _one_word(last):
            return any_of([last, inner], span)
        self.allowance = inner  # "4 weeks since chemotherapy and recovered (… allowed)": it is of the whole list
        return last

    def _beside(self, last: Rule, inner: Rule, span: Span) -> Rule:
        """A bracket after a test: an alternative scale, a person's opinion, or words that may change the limit."""
        if isinstance(last, Graded) and isinstance(inner, Graded | Measured):
            return any_of([last, inner], span)
        if isinstance(last, Measured) and isinstance(inner, Graded) and {last.variable, inner.scale} <= _PERFORMANCE:
            return any_of([last, inner], span)
        if isinstance(inner, Judgement):
            return all_of([last, inner], span)
        if isinstance(inner, Unclear) and self._same_name(last, inner.text):
            return last
        if isinstance(inner, Unclear) and inner.reason in _PLAIN and not any(letter.isdigit() for letter in inner.text):
            return all_of([last, inner], span)
        if isinstance(last, Unclear) and last.span and _is_changed(last):
            words = f"{last.text} {self.source.words(last.span[1], span[1])}"  # bracket after bracket, each read once
            return replace(last, text=words.strip(), span=span)
        return self.source.unclear(*span, _CHANGED)

    def _unnamed(self, kinds: Sequence[tuple[str, ...]]) -> bool:
        """Whether a thing was read last, and the adjectives make no name of their own with it."""
        if not self.rules or not isinstance(self.rules[-1], Present) or self.noun is None:
            return False
        noun, named = self.source.words(*self.noun[1:]), self.source.vocabulary.by_name
        return not any(named(f"{' '.join(words)} {noun}") for words in kinds)

    def _same_name(self, last: Rule, words: str) -> bool:
        """ "performance status ≤ 2 (ECOG)": another name of what is compared."""
        keys = {word.key for word in self.source.vocabulary.by_name(words)}
        return any(leaf.kind == "graded" and leaf.scale in keys for leaf in leaves(last))

    def _abbreviation(self, bracket: Bracket, last: Rule, inner: Rule) -> bool:
        """ "acute lung injury (ALI)": the short name says nothing new."""
        if inner == last:
            return True
        words = self.source.text[bracket.start + 1 : bracket.end - 1].strip()
        if not (isinstance(inner, Unclear) and words.isalnum() and words.isupper()):
            return False
        if isinstance(last, Unclear) and last.span:
            self.rules[-1] = self.source.unclear(last.span[0], bracket.end, last.reason, last.hint)
        return True


def _adjectives(bracket: Bracket) -> list[Piece]:
    """ "(non-infectious) pneumonitis": the adjectives that are all that stands in a bracket."""
    parts = list(bracket.clauses[0].parts())
    pieces = [part for part in parts if isinstance(part, Piece) and part.kind == "QUALIFIER"]
    alone = len(bracket.clauses) == 1 and len(bracket.clauses[0].members) == 1
    return pieces if alone and len(pieces) == len(parts) else []


def _described(thing: Rule, words: tuple[str, ...], span: Span) -> Rule:
    return replace(thing, qualifiers=(*thing.qualifiers, *words), span=span) if isinstance(thing, Present) else thing


def _alternatives(bracket: Bracket) -> list[tuple[str, ...]]:
    """ "coagulopathy (acquired or congenital)": the adjectives of each of several kinds; empty where more is said."""
    clause = bracket.clauses[0]
    joints = [str(joint.value) for joint in clause.joints]
    listed = bool(joints) and joints[-1] in ("or", "comma_or") and {*joints} <= {"or", "comma_or", "comma"}
    if len(bracket.clauses) > 1 or not listed:
        return []
    if any(not isinstance(part, Piece) or part.kind != "QUALIFIER" for part in clause.parts()):
        return []
    kinds = [tuple(str(part.value).lower() for part in parts if isinstance(part, Piece)) for parts in clause.members]
    return kinds if sorted(kinds) != _ALL_KINDS else []


def _is_changed(rule: Rule) -> bool:
    return isinstance(rule, Unclear) and rule.reason == _CHANGED


def stretched(rule: Rule, end: int) -> Span:
    """The span of a rule, stretched to the words that belong to it."""
    return ((rule.span or (end, end))[0], end)


def _of_what_for(given: Rule, examples: Rule) -> bool:
    """ "Corticosteroids for other conditions (e.g. lupus, asthma)": diseases are no examples of a treatment."""
    listed = [leaf.fact for leaf in leaves(examples) if isinstance(leaf, Present)]
    return isinstance(given, Present) and given.fact in ("treatment", "procedure") and set(listed) == {"condition"}


def _one_word(rule: Rule) -> bool:
    """ "… and recovered": a word that by itself asks for nothing else than what stands before it."""
    if not isinstance(rule, Judgement | Unclear) or " " in rule.text.strip():
        return False
    return isinstance(rule, Judgement) or rule.reason == UNKNOWN
