"""Sentences that ask nothing of a patient: that a test is not needed, that the protocol has further criteria."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Block
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import Rule

_FOR: Final = (
    r"(?:\s*(?:for|at|in)\s(?:the\s)?(?:study\s|protocol\s)?(?:entry|eligibility|inclusion|screening|enrol\w+"
    r"|participation|"
    r"assessment of eligibility|absence of[\w\s]{0,40}(?:suspicion|findings|history of infection))"
    r"(?:\s(?:into|in|on|for|to)\s(?:the|this)\s(?:study|trial|protocol))?)?"
    r"(?:,?\s*unless\s(?:it is\s)?mandated\sby[\w\s]{0,40})?"
)
_NOTE: Final = r"(?:\W*\bnote\b[,:]?\s*)?(?:(?:however|also|that)\b,?\s*)*"
_TEST: Final = r"(?!.*pregnan)[\w\s,/-]{0,70}\b(?:tests?|testing|serology|imaging)\b(?:\sfor[\w\s,/-]{0,50})?"
_UNTESTED: Final = re.compile(
    rf"{_NOTE}(?:{_TEST}\s(?:(?:is|are)\s)?not\s|no\s{_TEST}\s(?:(?:is|are)\s)?)(?:required|mandatory|necessary|needed){_FOR}\W*"
)
_FURTHER: Final = re.compile(
    rf"{_NOTE}\W*(?:(?:other|additional|further)\s)?protocol[\s-](?:defined|specified)\s(?:(?:inclusion|exclusion)[\s/]*){{0,2}}"
    r"(?:criteria\s)?(?:(?:may|could|might|will)\s)?(?:also\s)?appl(?:y|ied|ies)(?:\sto this study)?\W*"
)

# Why something was said before, which asks for nothing more.
_WHY: Final = re.compile(
    r"because no (?:dos|safety|efficacy|adverse|data)[\w\s(),/-]{0,80}data (?:are|is) [^;.]{0,200}(?:[<≤]|under"
    r"|younger|less than)[^;]{0,160}"
    r"\b(?:children|adolescents|they)\b[\w\s]{0,40}\b(?:are|will be) excluded\b.{0,100}"
    r"|[^;]{0,160}\b(?:can|may|could) cause fetal harm(?: when administered to a pregnant wom[ae]n)?\W*"
    r"|(?:the )?effects? of [^;]{0,120} on (?:the )?(?:developing )?(?:human )?f(?:o?e)tus[\w\s,]{0,80}(?:is"
    r"|are) (?:currently )?(?:unknown|not known)\W*"
    r"|(?:these )?(?:potential )?risks may also apply to[\w\s,]{0,60}\W*"
)

_OPENINGS: Final = ("because no ", "effect", "the effect", "these ", "potential risks", "risks may")

# A heading of the old forms, with nothing under it.
_EMPTY: Final = re.compile(r"[a-z][a-z ]{2,30}:\s*(?:not specified|none specified|see [a-z ]{4,40})\W*")


def asks_nothing(words: str) -> bool:
    """ "HIV testing is not required.", "Other protocol-defined criteria may apply.", "Surgery: Not specified"."""
    words = words.lower()
    if _EMPTY.fullmatch(words):
        return True
    if ("fet" in words or words.startswith(_OPENINGS)) and _WHY.fullmatch(words):
        return True
    if len(words) > 200 or not ("requir" in words or "protocol" in words or "mandat" in words or "nec" in words):
        return False
    return _UNTESTED.fullmatch(words) is not None or _FURTHER.fullmatch(words) is not None


def asking(blocks: Sequence[Block], source: Source) -> Sequence[Block]:
    """The sentences that ask something."""
    if len(blocks) < 2 and len(source.text) > 200:
        return blocks
    return [block for block in blocks if not block.head or block.items or not asks_nothing(_words(block, source))]


def _words(block: Block, source: Source) -> str:
    return source.words(block.head[0].start, block.head[-1].end)


def unasked(source: Source) -> Rule:
    """A criterion that asks nothing: what else the protocol defines only a person can say."""
    span = (0, len(source.text))
    if _FURTHER.fullmatch(source.words(*span).lower()):
        return source.judgement(*span)
    return source.unclear(*span, "no words of the field")
