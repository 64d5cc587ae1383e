"""What stands in brackets behind a finding or a treatment: its other name, kinds of it, or nothing that narrows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.lexicon import adjectives
from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.notes import asks_nothing
from eligibility.rules.meaning.sentence import Bracket, Piece
from eligibility.rules.meaning.source import UNKNOWN, Source
from eligibility.rules.rule import AnyOf, Judgement, Present, Rule, Unclear
from eligibility.spans import Span

WIDENING: Final = "the brackets may widen or restrict"
# "(viral, bacterial or fungal)"
_BETWEEN: Final = re.compile(r"\s*(?:,\s*(?:and/or|or|and)\s|,|/|\band/or\b|\bor\b|\band\b)\s*")
_NUMBERED: Final = re.compile(r"(\w+ )(?:\d+|[A-Z])")
_THAT_IS: Final = re.compile(r"^(?:i\.?\s?e\.?|that is|namely)[,:]?\s+", re.I)
_LONGEST: Final = 120
_FEW: Final = 6
# Words in which there is more than a quality: another thing, a number, a doubt, a time, a source, a part of the study.
_MORE: Final = re.compile(
    r"[\d,;:.()\[\]/%<>=≤≥+]|\b(?:and|or|but|not?|non|without|if|unless|except\w*|exclud\w+|includ\w+|other|such|like|also|as|per|"
    r"see|section|table|figure|appendix|version|protocol|study|trial|part|cohort|arm|phase|group|only|visit|screening|"
    r"tests?|testing|result|confirmed|documented|evidence\w*|defined|diagnosed|reported|self-report|assessed|determined|"
    r"may|must|should|will|would|can|could|allowed|permitted|eligible|required|requirement|investigator|patients?|subjects?|"
    r"participants?|within|before|prior|after|during|since|until|when|while|at|any|all|regardless|note|preferred|optional|"
    r"contains?|is|are|was|were|has|have|had|been|be|causes?|receiv\w+|taking|because|due|reason|risk|potential|"
    r"positive|negative|known|suspected|years?|months?|weeks?|days?|hours?)\b",
    re.I,
)
# "(in dosing exceeding 10 mg daily of prednisone equivalent)"
_DOSE: Final = re.compile(
    r"(?:(?:at|in|with|using) )?(?:(?:a |an )?(?:daily |total )?(?:dos(?:es?|ing|ages?)|amounts?) )?"
    r"(?:of |that are |that is )?"
    r"(?:exceeding|of|>|≥|>=|\\>|<|≤|=<|more than|greater than|higher than|at least|less than|up to|over|above)"
    r"(?: than)?(?: or equal to)? ?\d+(?:\.\d+)? ?(?:mg|mcg|µg|g|iu|units?)\b[\w\s/.-]*",
    re.I,
)
_PLAIN: Final = frozenset((UNKNOWN, "an adjective without a noun"))
# Every finding is of one or of the other: both together narrow nothing.
_EITHER: Final = tuple(
    frozenset(pair)
    for pair in (
        *(("acute", "chronic"), ("treated", "untreated"), ("symptomatic", "asymptomatic")),
        *(("known", "suspected"), ("male", "female"), ("controlled", "uncontrolled")),
    )
)
# "exenatide (Byetta)", "imatinib (STI571)": the name of a product, or the code of a substance; "(Oral)" is none.
_PRODUCT: Final = re.compile(
    r"(?!(?i:.*(?:al|ic|ous|ed|ing|ive|ar|ly|able|ible|ine|ate|ide|term|dose|only)\W*$))[A-Z][a-z]{4,}[®™]?|[A-Z]\w+[®™]"
    r"|[A-Z]{2,4}-?\d{3,8}(?:/[A-Z]{2,4}-?\d{3,8})*"
)


def bracketed(last: Rule, inner: Rule, bracket: Bracket, head: str, source: Source, span: Span) -> Rule | None:
    """What a finding and its brackets say together; None where that is not certain. `head` is the finding's name."""
    if not isinstance(last, Present):
        return None
    words = source.words(bracket.start + 1, bracket.end - 1)
    if (
        _again(inner, last, source)
        or _tested(words, last, source)
        or _narrows_nothing(words)
        or _product(words, last, source)
    ):
        return last
    kinds = _kinds(words, head, last, source) or _adjectives(words, last, span)
    if kinds:
        return any_of(kinds, span)
    listed = _listed(last, inner, bracket, source, span)
    return _quality(words, last, inner, span) if listed is None and head else listed


def described(last: Rule, words: str, span: Span) -> Rule:
    """ "stroke (acute)": what only adjectives in brackets make of a finding."""
    rules = _adjectives(words, last, span) if isinstance(last, Present) else []
    return any_of(rules, span) if rules and not _narrows_nothing(words) else last


def _again(inner: Rule, last: Present, source: Source) -> bool:
    """ "chronic graft versus host disease (GVHD)": the same, or a wider word."""
    if not isinstance(inner, Present) or inner.fact != last.fact or inner.window is not None:
        return False
    wide = last.concept == inner.concept or last.concept in source.vocabulary.descendants(inner.concept)
    return wide and set(inner.qualifiers) <= set(last.qualifiers)


def _tested(words: str, last: Present, source: Source) -> bool:
    """ "history of HIV (HIV 1/2 antibodies)": what it is found by."""
    return any(word.result and word.of == last.concept for word in source.vocabulary.by_name(words))


def _narrows_nothing(words: str) -> bool:
    """ "renal failure (acute or chronic)", "HIV (testing not required)"."""
    if asks_nothing(words):
        return True
    return len(words) < 40 and frozenset(_BETWEEN.split(words.lower())) in _EITHER


def _product(words: str, last: Present, source: Source) -> bool:
    """ "exenatide (Byetta)": one word that is no adjective behind a single substance, of which there are no kinds."""
    if last.fact != "treatment" or _PRODUCT.fullmatch(words) is None:
        return False
    word = source.vocabulary.words.get(last.concept)
    if word is None:
        return False
    return word.kind == "treatment" and " " not in word.label and len(source.vocabulary.descendants(word.key)) < 2


def _kinds(words: str, head: str, last: Present, source: Source) -> list[Rule]:
    """ "diabetes (type 1 or type 2)", "infection (viral or fungal)": the kinds that the words make with the noun."""
    if not head or len(words) > 60:
        return []
    found: list[Rule] = []
    numbered = ""
    for part in _BETWEEN.split(words):
        match = _NUMBERED.fullmatch(part)
        numbered = match[1] if match else numbered
        keys = {
            word.key
            for name in (f"{part} {head}", f"{head} {part}", f"{numbered}{part} {head}")
            for word in source.vocabulary.by_name(name)
        } & (source.vocabulary.descendants(last.concept) - {last.concept})
        if len(keys) != 1:
            return []
        found.append(_kind(last, keys.pop()))
    return found


def _adjectives(words: str, last: Present, span: Span) -> list[Rule]:
    """ "lymphoma (relapsed or refractory)"."""
    parts = _BETWEEN.split(words.lower())
    return [_of_quality(last, part, span) for part in parts] if adjectives().issuperset(parts) else []


def _kind(last: Present, key: str) -> Rule:
    return Present(last.fact, key, last.status, last.qualifiers, last.window, span=last.span)


def _listed(last: Present, inner: Rule, bracket: Bracket, source: Source, span: Span) -> Rule | None:
    """ "protease inhibitors (ritonavir, indinavir)": who has one of the kinds has it; of others it does not say.

    "etc." says it of them too, "defined as" that there are no others. Where half of a list are kinds, so is the rest.
    """
    parts = inner.rules if isinstance(inner, AnyOf) else (inner,)
    named = [part for part in parts if isinstance(part, Present) and part.fact == last.fact]
    open_ended = [part for part in parts if isinstance(part, Judgement)]
    unknown = [part for part in parts if isinstance(part, Unclear)]
    strange = [part for part in named if part.concept not in source.vocabulary.descendants(last.concept)]
    if named and len(named) + len(unknown) == len(parts) and all(_again(part, last, source) for part in named):
        return last  # "warfarin (Coumadin or Jantoven)"
    if not named or len(strange) * 2 > len(named) or len(named) + len(open_ended) + len(unknown) < len(parts):
        return None
    if open_ended:
        return any_of([last, *strange, *unknown], span)
    if not (unknown or strange) and _defines(bracket):
        return inner
    words = _THAT_IS.sub("", source.words(bracket.start + 1, bracket.end - 1))
    if unknown or len(words) > _LONGEST:
        rest = source.unclear(bracket.start, bracket.end, WIDENING)
        return any_of([*named, all_of([last, rest], span)], span)
    return any_of([*named, _of_quality(last, words, span)], span)


def _quality(words: str, last: Present, inner: Rule, span: Span) -> Rule | None:
    """ "corticosteroids (> 10 mg prednisone daily)", "bladder cancer (muscle invasive)": words that can only narrow.

    No record tells such a quality, so that it is unknown of what is there.
    """
    if last.fact not in ("condition", "treatment", "procedure"):
        return None
    one = isinstance(inner, Unclear) and inner.reason in _PLAIN and not inner.rules
    narrow = one and len(words.split()) <= _FEW and _MORE.search(words) is None
    dose = last.fact == "treatment" and len(words) <= _LONGEST and _DOSE.fullmatch(words) is not None
    return _of_quality(last, words, span) if narrow or dose else None


def _of_quality(last: Present, words: str, span: Span) -> Rule:
    return replace(last, qualifiers=(*last.qualifiers, words.lower()), span=span)


def _defines(bracket: Bracket) -> bool:
    """Whether it begins with "defined as"; "i.e." is often written for "e.g."."""
    leading = _leading(bracket.clauses[0].members)
    return leading is not None and leading.kind == "DEFINED" and "define" in str(leading.value).lower()


def _leading(members: Sequence[Sequence[Piece | Bracket]]) -> Piece | None:
    first = members[0][0]
    return first if isinstance(first, Piece) else None
