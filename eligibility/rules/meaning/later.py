"""Sentences behind the first: which of them explain, oblige or add, and which may change what was said before them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.allowing import allowance
from eligibility.rules.meaning.joining import tests
from eligibility.rules.meaning.notes import sentences
from eligibility.rules.meaning.resulting import FEMALE_STATES
from eligibility.rules.meaning.scope import NO_WORDS, Scope, negation
from eligibility.rules.meaning.sentence import Block, Clause
from eligibility.rules.meaning.source import ALLOWANCE, BINDS, CONDITION, permits
from eligibility.rules.meaning.turns import Turns
from eligibility.rules.rule import Graded, Not, Present, Rule, Unclear
from eligibility.spans import Span

EXPLAINED: Final = "an explanation"
CHANGED: Final = "another sentence may change it"

# What such a sentence names it tells of: what a word means, what is done in the study, what is advised or not needed.
_EXPLAINS: Final = re.compile(
    r"\b(?:is|are|was|were) (?:further |also |hereby |both )?(?:defined|considered|regarded|those)\b"
    r"|\b(?:is|are) any (?:wom[ae]n|females?|persons?)\b|\bdefinitions?\b|\brefers? to\b|\bexamples?\b"
    r"|^\W*(?:such|these|this|it|they|acceptable|adequate|highly|effective|moderate)\b[^.;]*\bincludes?\b"
    r"|\b(?:will|would|may|might|can|could)\b(?! not\b)(?! be (?:excluded|ineligible))"
    r"|\bnot (?:be )?(?:routinely )?(?:requir|necess|need|mandat)"
    r"|\b(?:do|does|did)(?:n't| not) (?:require|need|have to)\b"
    r"|\b(?:encourag|recommend|advis|prefer|inform|counsel|instruct|remind)\w*"
)
# One of these stands in each of them.
_EXPLAINING: Final = (
    *("will", "would", "may", "might", "can", "could", "defin", "considered", "regarded", "those", " any ", "refer"),
    *("example", "includ", "requir", "necess", "need", "mandat", "have to", "encourag", "recommend", "advis"),
    *("prefer", "inform", "counsel", "instruct", "remind"),
)
# It may free somebody, take in somebody, or tell what counts.
_CHANGES: Final = re.compile(
    r"\b(?:(?:may|can)(?: also| still)? (?:be|have|receive|participate|enrol|enter|take)"
    r"|(?:allow\w*|permi\w+|accept\w*|exempt\w*|waiv\w*|except\w*|unless|however|alternativ\w*"
    r"|otherwise|instead|although|though|only|considered|regarded|count(?:s|ed)|included?|includes|defin\w+|refers?"
    r"|means?|appl(?:y|ies|icable)|regardless|sufficient|(?<!not )(?<!to be )eligible)\b"
    r"|will be (?:open|enrol|recruit|treat)|case.by.case"
    r"|not (?:be )?(?:requir|necess|need|mandat)|(?:do|does|did)(?:n't| not)\b)"
)
_POINTS: Final = re.compile(r"\W*(?:these|those|such|they)\b")
# How not to have a child changes nothing of what else is asked.
_OF_BIRTH: Final = re.compile(r"contracept|birth control|abstinen|barrier method|sperm")
# "Regimens include A and B" asks for none of them.
_INCLUDES: Final = re.compile(r"^(?!.*\b(?:criteria|exclu|following)\b)[^.;:]{3,60}\bincludes?\b")
_OBLIGES: Final = re.compile(
    r"\b(?:must|should|shall|has to|have to|needs? to|(?:is|are) required to)\b(?! (?:not|be (?:excluded|withdrawn)))"
)
_BRACKETS: Final = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_OPENS: Final = frozenset(("NOT", "WASHOUT"))
_BEARING: Final = frozenset(
    ("childbearing_potential", "pregnant", "breast_feeding", "post_menopausal", "premenopausal")
)
_ADDED: Final = frozenset(("present", "measured", "graded", "changed"))


class Later(Turns):
    """Reads the sentences of a criterion one after the other."""

    @abstractmethod
    def _head(self, head: Sequence[Clause]) -> tuple[int | None, Scope, Rule | None]:
        """(how many of the items, what the label says of each, the rule of what stands before the label)."""

    @abstractmethod
    def _block(self, block: Block) -> Rule | None:
        """The rule of one sentence, or of a list with its head."""

    def _sentences(self, blocks: Sequence[Block]) -> list[Rule]:
        """The rules of the sentences; where one may change those before it, they are read together, and unclear."""
        rules: list[Rule] = []
        listed = False
        if len(blocks) == 1:
            only = self._block(blocks[0])
            return [only] if only is not None else []
        blocks = _resumed(blocks, self.source.text)
        words = sentences(blocks, self.source)
        if (bound := self._bound(blocks)) is not None:
            return [bound]
        for at, block in enumerate(blocks):
            said = words[at].lower() if at and not block.items else ""
            said = _BRACKETS.sub(" ", said) if "(" in said else said
            rule = self._later(block, said) if said else self._block(block)
            if rule is None:
                continue
            apart = said and self._apart_from(blocks[at - 1], block)
            if rules and apart and not listed and self._changes(rule, rules, said):
                whole = self.source.unclear(blocks[0].head[0].start, block.head[-1].end, CHANGED)
                rules = [replace(whole, rules=tuple(part for part in rules if not isinstance(part, Unclear)))]
            else:
                rules.append(rule)
            listed = listed or bool(block.items)
        return rules

    def _bound(self, blocks: Sequence[Block]) -> Rule | None:
        """ "At least two of: 1. A. B is no A. 2. C": a list that goes on behind a sentence, when its head binds it."""
        at = next((at for at, block in enumerate(blocks) if block.items and block.head), len(blocks))
        if not any(block.items and not block.head for block in blocks[at + 1 :]):
            return None
        count, label, before = self._head(blocks[at].head)
        if count is None and not label.negated and (before is None or self.side == "inclusion"):
            return None
        return self.source.unclear(0, len(self.source.text), BINDS)

    def _later(self, block: Block, said: str) -> Rule | None:
        """A later sentence that names things among words not understood explains, it requires nothing."""
        kinds = block.head[0].kinds.union(*(clause.kinds for clause in block.head[1:]))
        if self.side == "exclusion" and _OBLIGES.search(said) and kinds.isdisjoint(("EXCLUDED", "ALLOW", "NOT")):
            return self._obliged(block)
        rule = self._block(block)
        if isinstance(rule, Unclear) and "ALLOW" in kinds and len(block.head) == 1 and not said.startswith("no "):
            return replace(rule, reason=ALLOWANCE)
        if rule is None or not kinds.isdisjoint(("ALLOW", "EXCLUDED")):
            return rule
        found = {leaf.kind for leaf in leaves(rule)}
        start, end = block.head[0].start, block.head[-1].end
        explains = not _ADDED.isdisjoint(found) and self._explains(said)
        if explains and not (tests(rule) and _OBLIGES.search(said)):
            return self.source.unclear(start, end, CONDITION if tests(rule) else EXPLAINED)
        if tests(rule) or block.head[0].members[0][0].kind in _OPENS or not {"present", "unclear"} <= found:
            return rule
        return self.source.unclear(start, end, EXPLAINED)

    def _explains(self, said: str) -> bool:
        if not any(word in said for word in _EXPLAINING):
            return False
        return _EXPLAINS.search(said) is not None or (self.side == "inclusion" and _INCLUDES.search(said) is not None)

    def _obliged(self, block: Block) -> Rule:
        """ "Women of childbearing potential must have a negative test" on an exclusion list: who does not is kept out.

        Values were read for the side they stand on, so that what is compared stays open; it is denied all the same, so
        that a person who is asked "must have recovered" is asked the right way round.
        """
        start, end = block.head[0].start, block.head[-1].end
        said = Not(self.source.unclear(start, end, CONDITION), span=(start, end))
        self.side = self.source.side = "inclusion"
        rule = self._block(block)
        self.side = self.source.side = "exclusion"
        if rule is None or any(leaf.kind in ("measured", "changed", "unclear") for leaf in leaves(rule)):
            asked = self.source.judgement(start, end)
            return Not(asked, span=(start, end)) if rule is not None and self._of_pregnancy(rule) else said
        return negation(rule, (start, end), self.vocabulary)

    def _of_pregnancy(self, rule: Rule) -> bool:
        """Whether a rule names pregnancy and nothing else, so that it may free nobody from what stands before it."""
        named = [leaf for leaf in leaves(rule) if leaf.kind not in ("unclear", "judgement")]
        words = self.vocabulary.words
        tested = [leaf for leaf in named if isinstance(leaf, Graded)]
        states = [leaf for leaf in named if isinstance(leaf, Present) and leaf.concept in _BEARING]
        of = all(leaf.scale == "sex" or words[leaf.scale].of in FEMALE_STATES for leaf in tested)
        return bool(named) and of and len(tested) + len(states) == len(named)

    def _allowing(self, clause: Clause, span: Span) -> None:
        """Note what stands beside a word of allowing, for when it is known what the allowance stands beside."""
        found = allowance(clause, self.source.text, lambda part: self._list(part, NO_WORDS, joined="any")[0])
        self.allowed[span] = found

    def _only_allowing(self, rules: Sequence[Rule]) -> bool:
        """ "Creatinine ≤ 3 × ULN" over a list of none but allowances, which free from what stands over them."""
        return all(isinstance(rule, Unclear) and permits(rule, self.side) for rule in rules)

    def _apart_from(self, before: Block, block: Block) -> bool:
        """Whether a stop stands between two sentences; those of the old forms, without one, each ask for themselves."""
        last = before.head[-1].end if before.head else 0
        gap = self.source.text[last : block.head[0].start].lower()
        return "." in gap or ";" in gap or "\n\n" in gap or "note" in gap

    def _changes(self, rule: Rule, before: Sequence[Rule], said: str) -> bool:
        """Whether a sentence that was not understood may change those before it, of which something was."""
        if not any(leaf.kind == "unclear" for leaf in leaves(rule)):
            return False
        if isinstance(rule, Unclear) and rule.reason == ALLOWANCE:
            return False
        read = (leaf for part in before for leaf in leaves(part))
        if not any(leaf.kind in _ADDED or leaf.span in self.allowed for leaf in read):
            return False
        changes = _POINTS.match(said) is not None or _CHANGES.search(said) is not None
        return changes and _OF_BIRTH.search(said) is None


def _resumed(blocks: Sequence[Block], text: str) -> Sequence[Block]:
    """The blocks, a sentence within an item of a list parted from the items that go on behind it.

    "1. A. Prior B may be given. 2. C": what is listed behind the sentence is no list of its.
    """
    out: list[Block] = []
    listed = False
    for block in blocks:
        if listed and block.items and block.head and "." in text[block.head[-1].end : block.items[0][0].start]:
            out += (Block(block.head), Block((), block.items, block.ors))
        else:
            out.append(block)
        listed = listed or bool(block.items)
    return out
