"""Sentences that ask nothing of a patient: that a test is not needed, that the protocol has further criteria."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.remarks import defines_bearing, is_remark, is_source, needs_no_test
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
    rf"{_NOTE}(?:{_TEST}\s(?:(?:is|are)\s)?not\s|no\s{_TEST}\s(?:(?:is|are)\s)?)(?:required|mandatory|necessary"
    rf"|needed){_FOR}\W*"
)
_FURTHER: Final = re.compile(
    rf"{_NOTE}\W*(?:(?:other|additional|further)\s)?protocol[\s-](?:(?:defined|specified)\s)?(?:(?:inclusion"
    rf"|exclusion)[\s/]*){{0,2}}"
    r"(?:criteria\s)?(?:(?:may|could|might|will)\s)?(?:also\s)?appl(?:y|ied|ies)(?:\sto this study)?\W*"
)

_TELLING: Final = (
    *("requir", "protocol", "mandat", "nec", "specified", "see", "fet", "effect", "risks", "because no "),
    *("inform", "will be", "races", "all cohorts"),
)
_EVERYBODY: Final = "inclusion of women and minorities"
# The number of a list that begins with the next sentence.
_NUMBER: Final = re.compile(r"\W*\d{1,2}\W*")
_STOP: Final = re.compile(r"[.;](?!\w)|\n")
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

_OF_NOTE: Final = re.compile(r"(?:\W|\d+[.)]|\b[a-z][.)])*(?:please )?note\b", re.I)

# A heading of the old forms, with nothing under it.
_EMPTY: Final = re.compile(r"[a-z][a-z ]{2,30}:\s*(?:not specified|none specified|see [a-z ]{4,40})\W*")


def asks_nothing(words: str) -> bool:
    """ "HIV testing is not required.", "Other protocol-defined criteria may apply.", "Surgery: Not specified"."""
    words = words.lower()
    if ":" in words and _EMPTY.fullmatch(words):
        return True
    if ("fet" in words or words.startswith(_OPENINGS)) and _WHY.fullmatch(words):
        return True
    if len(words) > 200 or not ("requir" in words or "protocol" in words or "mandat" in words or "nec" in words):
        return False
    return _UNTESTED.fullmatch(words) is not None or _FURTHER.fullmatch(words) is not None


def says_nothing(words: str) -> bool:
    """ "(see Appendix A)", "(CTCAE v5.0)": what stands in brackets and changes nothing of what stands before them."""
    lower = words.lower()
    return is_source(words) or is_remark(lower) or asks_nothing(words) or defines_bearing(lower)


def tells_nothing(words: str) -> bool:
    """ "A; see Appendix B; women are of childbearing potential unless they are sterile": a clause that asks nothing."""
    lower = words.lower()
    return is_remark(lower) or defines_bearing(lower)


def noted(blocks: Sequence[Block], text: str) -> Sequence[Block]:
    """The blocks, notes that end a list of items as sentences of their own: they are no items of it."""
    if "note" not in text.lower() or not any(block.items for block in blocks):
        return blocks
    out: list[Block] = []
    for block in blocks:
        kept = len(block.items)
        while kept and _OF_NOTE.match(text, _line(text, block.items[kept - 1][0].start)):
            kept -= 1
        if kept or (kept == len(block.items)):
            out.append(
                block if kept == len(block.items) else Block(block.head, block.items[:kept], min(block.ors, kept))
            )
        elif block.head:
            out.append(Block(block.head))
        out.extend(Block(item) for item in block.items[kept:])
    return out


def _line(text: str, place: int) -> int:
    """Where the line of a place begins."""
    return text.rfind("\n", 0, place) + 1


def asking(blocks: Sequence[Block], source: Source) -> Sequence[Block]:
    """The sentences that ask something."""
    if len(blocks) > 1:
        said = sentences(blocks, source)
        bound = "bearing potential" in said[0].lower() or "OCBP" in said[0]
        kept = [
            block
            for at, block in enumerate(blocks)
            if not block.head
            or not (_idle(said[at], bool(block.items), at) or (bound and at and needs_no_test(said[at].lower())))
        ]
        return kept
    if len(source.text) > 200 or not blocks[0].head or blocks[0].items:
        return () if blocks[0].head and source.text.lower().startswith(_EVERYBODY) else blocks
    lower = source.text.lower()
    idle = any(word in lower for word in _TELLING) and (asks_nothing(source.text) or is_remark(lower))
    return () if idle else blocks


def sentences(blocks: Sequence[Block], source: Source) -> list[str]:
    """The words of each sentence, or of what stands over a list, from stop to stop."""
    found: list[str] = []
    starts = [block.head[0].start if block.head else block.items[0][0].start for block in blocks]
    after = 0
    for at, block in enumerate(blocks):
        last = block.head[-1].end if block.head else after
        upto = starts[at + 1] if at + 1 < len(blocks) else len(source.text)
        start = max(
            source.text.rfind(". ", after, starts[at]) + 1, source.text.rfind("\n", after, starts[at]) + 1, after
        )
        stop = _STOP.search(source.text, last, upto)
        found.append(source.words(start, stop.start() if stop else upto) if block.head else "")
        after = block.items[-1][-1].end if block.items else last
    return found


def _idle(words: str, listing: bool, at: int) -> bool:
    if listing:
        return words.lower().startswith(_EVERYBODY) or (at > 0 and defines_bearing(words.lower()))
    lower = words.lower()
    if asks_nothing(words) or is_remark(lower):
        return True
    return at > 0 and (defines_bearing(lower) or _NUMBER.fullmatch(words) is not None)


def unasked(source: Source) -> Rule:
    """A criterion that asks nothing: what else the protocol defines, or has done, only a person can say."""
    span = (0, len(source.text))
    words = source.words(*span).lower()
    if _FURTHER.fullmatch(words) or is_remark(words):
        return source.judgement(*span)
    return source.unclear(*span, "no words of the field")
