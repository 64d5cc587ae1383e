"""Words that no rule holds and that only a person can answer: a judgement, so that `Unclear` is what was not read.

This looks at finished rules only. Both are open questions to every engine: no verdict depends on it, and no fact that
was read is put aside.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from operator import is_not
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.atoms import Atoms
from eligibility.rules.leaves import children, leaves
from eligibility.rules.meaning.continuing import Continuing, compares
from eligibility.rules.meaning.heard import Heard
from eligibility.rules.meaning.source import DOUBLED, REQUIRED, TO_COME
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Rule, Unclear
from eligibility.rules.token import Token
from eligibility.spans import Span
from eligibility.vocabulary.judgement import places, questions, words_of

# Sentences of words that were not read, and the items of a list.
_SENTENCE: Final = re.compile(
    r"[.;\n:](?:(?<=[.;])(?=\s+[\"“]?[A-Z(])|(?<=:)\s*(?=\*|\d\.)"
    r"|(?<=\n)(?=\s*\n|[ \t]*(?:[-*•●·–▪◦o]|\(?\w{1,2}[.)])\s))"
)
_BEGINS: Final = (".", ";", ":", "\n", "*")
_WORD_CHAR: Final = re.compile(r"\w")
# Who is so old is in every record.
_AGED: Final = frozenset(
    ("AGED", "OLD", "OLDER", "YOUNGER", "OR_OLDER", "OR_YOUNGER", "NOT_OLDER", "NOT_YOUNGER", "BETWEEN_AGES")
)
# What begins examples, and behind "contraindications" the list of them.
_LISTING: Final = frozenset(("SUCH_AS",))
_NAMING: Final = frozenset(("SUCH_AS", "COLON", "LPAR"))
_REASONS: Final = frozenset(("contraindication", "contraindications", "contraindicated", "risk", "risks"))
# "agree to use contraception such as …": of what somebody wills the examples are no facts.
_WILLED: Final = {"willing", "unwilling", "willingness", "agree", "agrees", "consent", "comply", "detained"} | {
    *("contraception", "contraceptive"),
}
# "chemotherapy prior to informed consent", "on the date of consent": the time of another thing.
_DATED: Final = frozenset(("prior", "before", "preceding", "since", "after", "time", "date", "day", "signing"))
# "not amenable to resection and has received chemotherapy": what comes behind is asked by itself.
_AGAIN: Final = re.compile(
    r"[aAoO,;](?:(?<=[,;])|(?<=\b[aA])[nN][dD]|(?<=\b[oO])[rR])\s+"
    r"(?:(?i:has|have|had|is|are|with|no|not|without|history|prior))\b"
)
_IS: Final = (" is", " are")  # "in the opinion of the investigator, is unfit"
_OTHERS: Final = re.compile(r"\bor (?:patients|subjects|participants|those) (?:who|with)\b", re.I)
# "patients must have |", where nothing denies it
_OBLIGED: Final = re.compile(r"\b(?:must|should)(?: have| be)?(?: been)?(?: fully| completely| adequately)?\s*\Z", re.I)
_STEADY: Final = re.compile(
    r"(?:must|should) (?:also )?(?:have been|be|remain|be maintained|have remained)(?: maintained| kept)? on "
    r"(?:(?:an?|the|their|this|established|and|clinically) )*(?:stable|same|constant|unchanged|steady|fixed)\b",
    re.IGNORECASE,
)
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_JOINT: Final = re.compile(r"[,;/]|\b(?:and|or)\b", re.I)
_OF_A_DRUG: Final = re.compile(
    r"component|ingredient|constituent|excipient|formulation|similar|related|same class", re.I
)


def with_questions(rule: Rule, text: str, tokens: Sequence[Token], atoms: Atoms, side: Side) -> Rule:
    """The rule, what only a person can answer made a judgement."""
    if all(leaf.kind not in ("unclear", "judgement") for leaf in leaves(rule)):
        return rule
    return Personal(text, tokens, Heard(atoms), side).of(rule)


class Personal(Continuing):
    """Asks of every `Unclear` of one criterion whether a person must answer it."""

    def of(self, rule: Rule, denied: bool = False) -> Rule:
        """The rule, what only a person can answer made a judgement; `denied` inside a negation."""
        if isinstance(rule, Unclear):
            return self._leaf(rule) if denied or not self._obliges(rule) else rule
        if isinstance(rule, Not):
            inner = self.of(rule.rule, not denied)
            return rule if inner is rule.rule else replace(rule, rule=inner)
        if not isinstance(rule, AllOf | AnyOf | AtLeast):
            return rule
        if not isinstance(rule, AtLeast) and rule.span and _open(rule):
            span = self._widened(rule.span)
            if questions().is_vague(self.heard.within(span[0], span[1])):
                return self._judgement(span)
        parts = [self.of(part, denied) for part in rule.rules]
        if not isinstance(rule, AtLeast):
            parts = self._in_one(parts, rule.rules)
        if len(parts) == 1:
            return parts[0]
        changed = len(parts) < len(rule.rules) or any(map(is_not, parts, rule.rules))
        return replace(rule, rules=tuple(parts)) if changed else rule

    def _obliges(self, rule: Unclear) -> bool:
        """ "Patients must have recovered" on an exclusion list: who has recovered is not kept out."""
        if self.side == "inclusion" or not rule.span:
            return False
        start = rule.span[0]
        return _OBLIGED.search(self.text, max(0, start - 20), start) is not None

    def _leaf(self, rule: Unclear) -> Rule:
        if rule.rules or not rule.span:
            return rule
        span = self._widened(rule.span)
        if DOUBLED in rule.reason:  # whatever the negation is of, nothing of it is in a record
            plain = not self._facts(self._tokens(*span))
            return self._judgement(span) if plain and self._asks(span[0], span[1]) else rule
        if rule.reason == REQUIRED and self._steady(span):
            return self._judgement(span)
        planned = rule.reason == TO_COME and not questions().plans.isdisjoint(words_of(rule.text)[-1:])
        return self._judgement(span) if planned or self._asks(span[0], span[1]) else rule

    def _steady(self, span: Span) -> bool:
        """ "Patients on X | must be on a stable dose for 4 weeks": no record tells that a dose was not changed."""
        if not _STEADY.match(self.text, *span) or _SENTENCE.search(self.text, *span):
            return False
        return not any(token.names for token in self._tokens(*span))

    def _widened(self, span: Span) -> Span:
        """With the words beside it that say nothing elsewhere ("adequate …", "any condition that …", "… values")."""
        start, end = span
        at = bisect_left(self.starts, start) - 1
        while at >= 0 and self._goes_before(self.tokens[at]):
            start = self.tokens[at].start
            at -= 1
        at = bisect_left(self.starts, end)
        while at < len(self.tokens) and self._goes_behind(at):
            end = self.tokens[at].end
            at += 1
        return (start, end)

    def _goes_behind(self, at: int) -> bool:
        """ "laboratory | values", "the well-being of the | subject"."""
        token = self.tokens[at]
        if token.text.lower() in questions().behind:
            return True
        return "PERSON" in token.types and at > 0 and self.tokens[at - 1].text.lower() in ("the", "of the")

    def _goes_before(self, token: Token) -> bool:
        table, word = questions(), token.text.lower()
        return "RELATIVE" in token.types or word in table.adjectives or word in table.nouns or word == "any"

    def _asks(self, start: int, end: int) -> bool:
        """Whether every sentence in a place of the text is a question for a person."""
        said = self.text[start:end]
        if not ("." in said or ";" in said or "\n" in said or ":" in said):
            return self._sentence(start, end)
        begin, asked = start, False
        for part in _SENTENCE.split(said):
            begin = self.text.index(part, begin)
            if _WORD_CHAR.search(part):
                if not self._sentence(begin, begin + len(part)):
                    return False
                asked = True
            begin += len(part)
        return asked

    def _sentence(self, start: int, end: int) -> bool:
        table = questions()
        words = self.heard.within(start, end)
        if table.is_vague(words):
            return True
        if not table.may_ask(words):
            return False
        tokens = self._tokens(start, end)
        facts = self._facts(tokens)
        if not facts and places(table.life, words) and _AGED.isdisjoint(kind for t in tokens for kind in t.types):
            return True
        if not facts and table.is_remark(words) and not any(map(str.isdigit, self.text[start:end])):
            return True  # "the above information is …" compares nothing
        if compares(tokens):
            return False
        if not facts and places(table.told, words):
            return True
        listed = _listed(tokens, facts, words)
        if not listed and self._opined(start, end, words, tokens if facts else ()):
            return True
        if table.is_remark(words):
            return not facts
        if table.is_allergy(words):
            return self._of_the_trial(start, facts)
        if listed and _WILLED.isdisjoint(words):
            return False
        return self._willed(start, end, facts)

    def _opined(self, start: int, end: int, words: Sequence[str], tokens: Sequence[Token]) -> bool:
        """Whether it is somebody's opinion; of facts (`tokens` with some among them) not in brackets, nor in a time."""
        if not places(questions().opinion, words):
            return False
        if not tokens:
            return True
        if any("TIME" in token.types for token in tokens) or _OTHERS.search(self.text, start, end):
            return False
        # "cannot …, which would interfere, or have peptic ulcer": what is asked by itself is no part of an opinion
        again = [found for found in _AGAIN.finditer(self.text, start, end) if not found[0].lower().endswith(_IS)]
        behind = [found.start() for found in again[-1:]]
        if behind and any(token.start > behind[0] and self._facts((token,)) for token in tokens):
            start = behind[0]
        return bool(places(questions().opinion, words_of(_BRACKETS.sub(" ", self.text[start:end]))))

    def _of_the_trial(self, start: int, facts: Sequence[int]) -> bool:
        """ "any component of paclitaxel", not "the study drug or paclitaxel": an allergy to a drug that is named."""
        if not facts:
            return True
        of = [match.end() for match in _OF_A_DRUG.finditer(self.text, start, facts[0])]
        return bool(of) and _JOINT.search(self.text, of[-1], facts[-1]) is None

    def _willed(self, start: int, end: int, facts: Sequence[int]) -> bool:
        """Whether a will, or what somebody is fit for, is asked before any fact, and nothing by itself behind it."""
        table = questions()
        again = _AGAIN.search(self.text, start, end) if facts else None
        if again is not None and again.end() <= facts[-1]:
            return False
        before = self.heard.within(start, facts[0] if facts else end)
        for at in places(table.will, before):
            if _DATED.isdisjoint(before[max(0, at - 3) : at]):
                return True
        if table.is_able(before) or table.is_there(before):
            return True
        if not table.is_needed(before):
            return False
        begin = max(self.text.rfind(mark, 0, start) for mark in _BEGINS)
        return table.is_nothing(self.heard.within(begin + 1, start))


def _listed(tokens: Sequence[Token], facts: Sequence[int], words: Sequence[str]) -> bool:
    """Whether examples are given that a record tells of: who has one of them need ask nobody."""
    if not facts:
        return False
    begin = _LISTING if _REASONS.isdisjoint(words) else _NAMING
    return any(not begin.isdisjoint(token.types) and token.start < facts[-1] for token in tokens)


def _open(rule: Rule) -> bool:
    """Whether nothing of a rule was understood, but what only a person can answer."""
    if isinstance(rule, Unclear):
        return not rule.rules
    if isinstance(rule, Judgement):
        return True
    parts = children(rule)
    return bool(parts) and all(map(_open, parts))
