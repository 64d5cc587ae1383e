"""Numbers that their quantity cannot have, units that it is not measured in, values restated as something else.

The parser leaves these `unclear` and says why; here its reasons become findings. A reason alone is not enough: where
the number may belong to another quantity ("PaO2/FiO2 < 300 mmHg") or to a time, nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.checks.finding import Finding, Kind, Quote
from eligibility.checks.material import Material, short_label
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Bound, Measured, Unclear
from eligibility.rules.rulebook import Line
from eligibility.units import convert
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

_IMPOSSIBLE = re.compile(r".+ cannot be measured at this value")
_ODD = re.compile(r".+ is not measured in .+")
_RESTATED = "the value in brackets says something else"
_CROSSED = "the bounds exclude each other"
_BESIDE = frozenset(("a time that belongs to nothing that was understood",))
# "albumin 2.5 mg/dL": what the parser read, variable, number and unit.
_HINT = re.compile(r"(\w+) (-?[\d.]+(?:e[+-]?\d+)?) ?(.*)")
_TIMES = frozenset(("year", "month", "week", "day", "hour", "minute", "second"))
_TIME = re.compile(r"\b(?:day|week|month|year)s?\b", re.IGNORECASE)
# More of a unit, which the reading left out: "30 milliliter (mL)/minute", "19-30 kg per m2", "10 g percent".
_GOES_ON = re.compile(r"\s*(?:/|per\b|percent|\.?\s*%|\(|\^|²|m2\b|m\^2)", re.IGNORECASE)
_SPELT_OUT = re.compile(r"\bm?g\.?\s*%|\b(?:per|percent|squared?|mercury)\b|\([a-zµμ]+\)\s*/", re.IGNORECASE)
# What makes the number another thing's: several subjects, a ratio, a dose, an item of a score, a provoking dose.
_NUMBER = re.compile(r"(?<![A-Za-z\d.])-?\d[\d,]*(?:\.\d+)?")
_NAMED = re.compile(r"(.*?)(?:[<>≤≥=]|(?<![A-Za-z\d.])\d)", re.DOTALL)
_SEVERAL = re.compile(r",| and | or |/", re.IGNORECASE)
_OTHERS = re.compile(r"\bP[CD] ?20|\bCSF\b|cerebrospinal|\blesions?\b|\bfields?\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:ratio|items?|subscales?|subscore|domain|response|points|corrected|QTc|M-protein|daily|a day|grade)\b|/day",
    re.IGNORECASE,
)
# What makes it no value: a multiple that was not read, a prolongation.
_MULTIPLE = re.compile(r"(?:[^.;]|\.\d){0,45}?(?:\bULN\b|upper|normal|\bfolds?\b|\btimes\b|[×x]\s)", re.IGNORECASE)
_BEYOND = re.compile(r"\b(?:prolong\w*|above|over|longer|beyond|control)\b", re.IGNORECASE)
_LEAST, _MOST = 5, 30
_APART = 1.5


def by_units(material: Material) -> Iterator[Finding]:
    """Every number of the text that is impossible, oddly measured, without a unit, or restated as another."""
    for line in material.book.lines:
        if line.criterion.source != "record":
            for leaf in leaves(line.rule):
                if isinstance(leaf, Unclear):
                    yield from _of_unclear(line, leaf, material.words)
                elif isinstance(leaf, Measured):
                    yield from _of_measured(line, leaf, material.words)


def _of_unclear(line: Line, leaf: Unclear, words: Vocabulary) -> Iterator[Finding]:
    reasons = [reason for reason in leaf.reason.split("; ") if reason not in _BESIDE]
    quotes = (Quote(line.criterion, leaf.span),)
    if reasons == [_RESTATED] and not _TIME.search(leaf.text):
        why = f"The value in brackets is not the value before it ({leaf.hint} in one unit)."
        yield Finding("restated-value", quotes, (), why, "Which of the two is meant.")
    if reasons == [_CROSSED]:
        yield Finding("contradiction", quotes, (), "No value lies within these limits.", "The signs and the numbers.")
    read = _HINT.fullmatch(leaf.hint)
    word = words.words.get(read[1]) if read else None
    if read and word and len(reasons) == 1:
        number, unit = float(read[2]), read[3] or None
        if _IMPOSSIBLE.fullmatch(reasons[0]) and _is_its_own(line, leaf, number, word, words):
            yield _impossible(quotes, number, unit, word)
        elif _ODD.fullmatch(reasons[0]) and _is_odd(line, leaf, number, unit or "", word):
            yield _finding(
                "odd-unit", quotes, word, f"It is not measured in {unit}.", "The unit, or which quantity is meant."
            )


def _impossible(quotes: tuple[Quote, ...], number: float, unit: str | None, word: Word) -> Finding:
    better = _fitting(number, word) - {unit}
    why = f"It cannot be {number:g}{f' {unit}' if unit else ''}."
    check = f"The unit: in {' or '.join(sorted(better))} it could be." if better and unit else "The number."
    return _finding("impossible-value", quotes, word, why, check)


def _finding(kind: Kind, quotes: tuple[Quote, ...], word: Word, why: str, check: str) -> Finding:
    return Finding(kind, quotes, (short_label(word),), why, check)


def _is_its_own(line: Line, leaf: Unclear, number: float, word: Word, words: Vocabulary) -> bool:
    """Whether the number stands in figures beside words, and no other quantity of a like name could have it."""
    figures = leaf.text.replace(",", "").replace(" ", "")
    if word.unit is None and "%" in leaf.text:  # by how much a score changes
        return False
    around = leaf.text + _behind(line, leaf)[:30]
    if _is_anothers(line, leaf) or _BEYOND.search(around) or not any(map(str.isalpha, leaf.text)):
        return False
    if word.key == "height":  # of a tumour, a field, a wave: the word is nobody's own
        return False
    namesakes = {other.key for name in (*word.synonyms, *word.exact) for other in words.by_name(name)}
    return f"{number:g}" in figures and namesakes == {word.key}


def _is_odd(line: Line, leaf: Unclear, number: float, unit: str, word: Word) -> bool:
    """A share, a time, the sum of a day or a line on a paper is no slip of the pen."""
    cut_off = _GOES_ON.match(_behind(line, leaf)) or _SPELT_OUT.search(leaf.text)
    shared = unit in _TIMES or "%" in unit or unit in ("{percentile}", "Cel")
    of_a_day = (word.unit or "").endswith("/d") or "protein" in word.key
    counted = word.unit == "%" and unit.rpartition("/")[2] in ("uL", "L", "mm3", "mL")
    drawn = unit == "mm" and "VAS" in word.label
    named = _NAMED.match(leaf.text)
    one_named = named and any(map(str.isalpha, named[1])) and not _SEVERAL.search(named[1]) and word.key != "age"
    first = _NUMBER.search(leaf.text)
    is_first = first is not None and float(first[0].replace(",", "")) == number
    return (
        bool(one_named)
        and is_first
        and not (cut_off or shared or of_a_day or counted or drawn or _is_anothers(line, leaf))
    )


def _is_anothers(line: Line, leaf: Unclear | Measured) -> bool:
    """Whether the number may belong to another quantity than the one named beside it: "SpO2 / FiO2 < 220"."""
    before, own = _before(line, leaf).rstrip(), Quote(line.criterion, leaf.span).text
    return before.endswith("/") or _OTHER.search(own) is not None or _OTHERS.search(before[-200:] + own) is not None


def _before(line: Line, leaf: Unclear | Measured) -> str:
    return line.criterion.text[: leaf.span[0]] if leaf.span else ""


def _behind(line: Line, leaf: Unclear | Measured) -> str:
    return line.criterion.text[leaf.span[1] :] if leaf.span else ""


# ---------------------------------------------------------------- units that are not given


def _of_measured(line: Line, leaf: Measured, words: Vocabulary) -> Iterator[Finding]:
    word = words.words.get(leaf.variable)
    bounds = [bound for bound in (leaf.low, leaf.high) if bound]
    if (
        word
        and word.unit
        and bounds
        and _is_bare(line, leaf, bounds)
        and all(_is_ambiguous(bound, word) for bound in bounds)
    ):
        units = " or ".join(sorted(set.intersection(*(_fitting(bound.value, word) for bound in bounds))))
        quotes = (Quote(line.criterion, leaf.span),)
        yield _finding(
            "missing-unit", quotes, word, "No unit is given, and the number fits several.", f"Whether {units} is meant."
        )


def _is_bare(line: Line, leaf: Measured, bounds: list[Bound]) -> bool:
    """Whether numbers stand without a unit, and nothing near says what they are: a multiple, a ratio, a unit before."""
    if any(bound.unit or bound.assumed or bound.value == 0 for bound in bounds):
        return False
    told = [one for one in leaves(line.rule) if isinstance(one, Measured) and one.variable == leaf.variable]
    ratio = re.search("ratio|score", _before(line, leaf)[-60:], re.IGNORECASE) or _is_anothers(line, leaf)
    own = Quote(line.criterion, leaf.span).text
    multiple = "/" in own or _MULTIPLE.search(own) or _MULTIPLE.match(_behind(line, leaf))
    return not (len(told) > 1 or multiple or ratio)


def _is_ambiguous(bound: Bound, word: Word) -> bool:
    """Whether a bare number would be usual in units that make it different values, or not in the first of them.

    "CRP > 10" is read in mg/L and in mg/dL, "ALT > 5" in neither unit of activity; "ALT > 100" can only be U/L.
    """
    sizes = {unit: convert(bound.value, unit, word.unit, word) or 0.0 for unit in _fitting(bound.value, word)}
    _, normal, _ = word.reference or (None, None, None)
    usual = {unit: size for unit, size in sizes.items() if normal is None or normal / _LEAST <= size <= normal * _MOST}
    apart = len(usual) > 1 and max(usual.values()) > _APART * min(usual.values())
    return apart or (len(sizes) > 1 and word.unit not in usual)


def _fitting(number: float, word: Word) -> set[str]:
    """The units of a quantity in which a number is possible."""
    low, high = word.plausible or (0.0, 0.0)
    units = [unit for unit in (word.unit, *word.units) if unit]
    sizes = {unit: convert(number, unit, word.unit, word) for unit in units}
    return {unit for unit, size in sizes.items() if size is not None and low <= size <= high}
