"""What stands in brackets behind a finding or a treatment: its other name, kinds of it, or nothing that narrows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.sentence import Bracket, Piece
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import AnyOf, Judgement, Present, Rule, Unclear
from eligibility.spans import Span

WIDENING: Final = "the brackets may widen or restrict"
# "(viral, bacterial or fungal)"
_BETWEEN: Final = re.compile(r"\s*(?:,\s*(?:and/or|or|and)\s|,|/|\band/or\b|\bor\b|\band\b)\s*")
_NUMBERED: Final = re.compile(r"(\w+ )(?:\d+|[A-Z])")
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
    kinds = _kinds(words, head, last, source)
    if kinds:
        return any_of(kinds, span)
    return _listed(last, inner, bracket, source, span)


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
    """ "renal failure (acute or chronic)"."""
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
    if not named or len(strange) * 2 > len(named) or len(named) + len(open_ended) + len(unknown) < len(parts):
        return None
    if open_ended:
        return any_of([last, *strange, *unknown], span)
    if not (unknown or strange) and _defines(bracket):
        return inner
    rest = source.unclear(bracket.start, bracket.end, WIDENING)
    return any_of([*named, all_of([last, rest], span)], span)


def _defines(bracket: Bracket) -> bool:
    """Whether it begins with "defined as"; "i.e." is often written for "e.g."."""
    leading = _leading(bracket.clauses[0].members)
    return leading is not None and leading.kind == "DEFINED" and "define" in str(leading.value).lower()


def _leading(members: Sequence[Sequence[Piece | Bracket]]) -> Piece | None:
    first = members[0][0]
    return first if isinstance(first, Piece) else None
