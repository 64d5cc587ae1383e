"""A row of the vocabulary as a person reads it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from eligibility.derived.derive import GIVEN_BY
from eligibility.derived.formula import OLDEST
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

WIDTH = 100
_LABEL = 16


def word_as_text(word: Word, vocabulary: Vocabulary) -> str:
    """Everything known about a word, one labelled line a field; fields that are empty are left out."""
    below = sorted(vocabulary.descendants(word.key) - {word.key})
    fields = [
        ("unit", word.unit or ("none, a pure number" if word.kind == "quantity" else "")),
        ("other units", ", ".join(word.units)),
        ("names", ", ".join(word.synonyms)),
        ("only as written", ", ".join(word.exact)),
        *(("in context", f"{form}: only near {', '.join(near)}") for form, near in word.near.items()),
        *(("level", text) for text in _levels(word)),
        *(("group", f"{name}: {', '.join(levels)}") for name, levels in word.groups.items()),
        ("score", word.score or ""),
        *_measures(word),
        *(("computed", text) for text in _formulas(word.key)),
        ("asked", word.question),
        ("kind of", ", ".join(word.parents)),
        ("includes", ", ".join(below)),
        *(
            ("code", " ".join(filter(None, (code.system, code.code, code.name, _status(code.status)))))
            for code in word.codes
        ),
        ("source", word.source),
        ("confidence", word.confidence),
    ]
    lines = [f"{word.key} — {word.label} ({word.kind})"]
    return "\n".join([*lines, *(line for label, text in fields if text for line in _labelled(label, text))]) + "\n"


def words_as_text(words: Iterable[Word]) -> str:
    """Words as a list: key, kind, unit or levels, label."""
    rows = [
        (word.key, word.kind, word.unit or " ".join(level.value for level in word.levels), word.label) for word in words
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join((*(cell.ljust(min(w, 32)) for cell, w in zip(row, widths, strict=False)), row[3])) for row in rows
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _levels(word: Word) -> Iterator[str]:
    for level in word.levels:
        score = f" (score {level.score[0]:g} to {level.score[1]:g})" if level.score else ""
        label = f" — {level.label}" if level.label not in ("", level.value) else ""
        also = f"; also {', '.join(level.aliases)}" if level.aliases else ""
        yield f"{level.value}{label}{score}{also}"


def _formulas(key: str) -> Iterator[str]:
    """How the value follows from others: formula, inputs, for whom, source."""
    for formula in GIVEN_BY.get(key, ()):
        taken = ", ".join((*(one.key for one in formula.inputs), *(name.replace("_", " ") for name in formula.about)))
        low, high = formula.ages
        ages = (
            "" if formula.ages == (0, OLDEST) else f"; from {low}" + (f" to {high}" if high < OLDEST else "") + " years"
        )
        yield f"{formula.name}, from {taken}{ages} ({formula.source})"


def _measures(word: Word) -> Iterator[tuple[str, str]]:
    unit = f" {word.unit}" if word.unit else ""
    yield "molar mass", f"{word.molar_mass:g} g/mol" if word.molar_mass else ""
    yield from (("1 " + other, f"{factor:g}{unit}") for other, factor in word.factors.items())
    yield from ((other, f"× {scale:g} + {offset:g} ={unit}") for other, (scale, offset) in word.affine.items())
    yield "plausible", "{:g} to {:g}".format(*word.plausible) + unit if word.plausible else ""
    for low, high, assumed in word.assume:
        yield "bare number", f"{low:g} to {high:g} can only be {assumed}"
    if word.reference:
        low_end, high_end = ("…" if end is None else f"{end:g}" for end in word.reference[:2])
        yield "typical range", f"{low_end} to {high_end} {word.reference[2] or word.unit or ''}".rstrip()


def _status(status: str) -> str:
    return f"[{status}]" if status else ""


def _labelled(label: str, text: str) -> list[str]:
    indent = " " * (_LABEL + 2)
    lead = f"  {label}".ljust(_LABEL + 2)
    return textwrap.wrap(text, WIDTH, initial_indent=lead + " ", subsequent_indent=indent + " ")
