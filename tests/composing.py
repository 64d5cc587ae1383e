"""Criteria composed from rules: a rule of the kernel, and one of the many ways in which people write it.

Names, units and levels are drawn from the tables and the shapes from the inventory of written forms, so a reading
that differs from `Phrase.rule` is wrong. Only names that stand for one thing wherever they stand are drawn.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import assume
from hypothesis import strategies as st

from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Bound, Graded, Measured, Rule, Window
from eligibility.units import convert, spellings
from eligibility.vocabulary.tables import vocabulary
from eligibility.vocabulary.word import Word

BEFORE = {
    ">=": ("≥", ">=", "=>", ">/=", "≧", "> or =", "&ge;", "at least", "a minimum of", "no less than", "not less than", "not below",
           "greater than or equal to", "equal to or greater than", "more than or equal to", "no lower than"),
    ">": (">", "＞", "&gt;", "greater than", "more than", "above", "exceeding", "higher than", "over", "in excess of"),
    "<=": ("≤", "<=", "=<", "</=", "≦", "< or =", "&le;", "at most", "no more than", "not more than", "no greater than", "not exceeding",
           "less than or equal to", "equal to or less than", "up to", "no higher than", "not above", "a maximum of"),
    "<": ("<", "＜", "&lt;", "less than", "lower than", "below", "under"),
}  # fmt: skip
AFTER = {
    ">=": ("or more", "or greater", "or higher", "or above", "and above", "or over", "and higher"),
    "<=": ("or less", "or lower", "or below", "and below", "or under"),
}
SYMBOLS = {">=": ("≥", ">="), ">": (">",), "<=": ("≤", "<="), "<": ("<",)}
FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
GLUE = (" ", " ", ": ", " of ", " is ", " must be ", " should be ", " level ", " level of ")
TIMES = (" x ", "x ", " × ", "×", " times ", " times the ", "-fold ", " ")
LIMITS = (
    "ULN",
    "upper limit of normal",
    "upper limit of normal (ULN)",
    "institutional ULN",
    "the upper limit of normal",
)
DASHES = ("-", " - ", "–", " – ", " to ", "−")
_LEVEL = re.compile(r"\d[ab]?|[A-E]|[IV]+[A-C]?")
YEARS = (" years", " years old", " years of age", " yrs", " year", " y/o", " y.o.", " yo", "-years-old")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, what they mean, and the name of the shape, for counting."""

    text: str
    rule: Rule
    shape: str


@cache
def unit_forms() -> dict[str, tuple[str, ...]]:
    """House unit → how it is written."""
    forms: dict[str, list[str]] = defaultdict(list)
    for form, house, _cased in spellings():
        if (
            house != "[iU]/mL" and "old" not in form and not form.startswith("pred")
        ):  # "day-old" is an age; "4,1 IU/mL" is doubted
            forms[house].append(form)
    return {house: tuple(found) for house, found in forms.items()}


@cache
def quantities() -> tuple[Word, ...]:
    """The quantities that have a plausible range, but ages and counts, which are written in their own ways."""
    return tuple(
        word
        for word in vocabulary().words.values()
        if word.kind == "quantity"
        and word.plausible
        and names_of(word)
        and word.plausible[0] >= 0
        and word.unit in (None, *unit_forms())
        and "age" not in word.key.split("_")
        and not word.counted
    )


def names_of(word: Word) -> tuple[str, ...]:
    """The names that mean this word and no other, in any company."""
    return _names(word.key)


@cache
def _names(key: str) -> tuple[str, ...]:
    known = vocabulary()
    word = known.words[key]
    return tuple(
        name for name in (*word.synonyms, *word.exact) if name not in word.near and known.by_name(name) == (word,)
    )


@st.composite
def values(draw: st.DrawFn, word: Word, count: int) -> tuple[tuple[float, ...], str | None]:
    """Rising plausible values of a quantity and their unit: the canonical one, or another in which it is measured."""
    assert word.plausible
    low, high = word.plausible
    places = sorted(draw(st.lists(st.integers(5, 95), min_size=count, max_size=count, unique=True)))
    unit = draw(st.sampled_from([unit for unit in (word.unit, *word.units) if unit is None or unit in unit_forms()]))
    if unit != word.unit and word.reference:  # far from what healthy people have, another unit is taken for a slip
        least, most, _ = word.reference
        low, high = max(low, (least or 0) / 10), min(high, most * 10 if most else high)
    found = []
    for place in places:
        value = (
            convert(low + (high - low) * place / 100, word.unit, unit, word)
            if unit
            else low + (high - low) * place / 100
        )
        found.append(float(f"{value:.3g}") if value is not None else float("nan"))
    back = [convert(value, unit, word.unit, word) if unit else value for value in found]
    fits = all(value is not None and low <= value <= high for value in back) and len(set(found)) == count
    assume(fits)
    return tuple(found), unit


@st.composite
def numbers(draw: st.DrawFn, value: float) -> str:
    """A number in one of the ways it is written."""
    plain = f"{value:.10f}".rstrip("0").rstrip(".") if value < 1e15 else f"{value:.0f}"
    forms = [plain]
    if value >= 1000 and value == int(value):
        forms.append(f"{int(value):,}")
    if "." in plain and len(plain.partition(".")[2]) <= 2 and value < 1000:
        forms.append(plain.replace(".", ","))
    return draw(st.sampled_from(forms))


@st.composite
def units(draw: st.DrawFn, unit: str | None) -> str:
    """A unit as it may stand behind a number, with its space; "" for a pure number."""
    if unit is None:
        return ""
    form = draw(st.sampled_from(unit_forms()[unit]))
    return form if form in ("%", "°C") and draw(st.booleans()) else f" {form}"


def measured(word: Word, unit: str | None, *ends: tuple[str, float]) -> Measured:
    """The rule of one or two ends, each a sign and a value."""
    rule = Measured(word.key)
    for sign, value in ends:
        bound = Bound(value, unit, sign in (">=", "<="))
        rule = replace(rule, low=bound) if sign in (">", ">=") else replace(rule, high=bound)
    return rule


@st.composite
def one_bound(draw: st.DrawFn) -> Phrase:
    """One end, before, after or around the number."""
    word = draw(st.sampled_from(quantities()))
    (value,), unit = draw(values(word, 1))
    name = draw(st.sampled_from(names_of(word)))
    quantity = draw(numbers(value)) + draw(units(unit))
    shape = draw(st.sampled_from(("before", "after", "bracket", "flipped", "alias")))
    sign = draw(st.sampled_from(tuple(AFTER if shape == "after" else BEFORE)))
    comparison = draw(st.sampled_from((AFTER if shape == "after" else SYMBOLS if shape == "flipped" else BEFORE)[sign]))
    glue = draw(st.sampled_from(GLUE))
    if shape == "alias":
        other = draw(st.sampled_from(names_of(word)))
        name = f"{name} ({other})" if other.isupper() and other != name else name
    text = {
        "after": f"{name}{glue}{quantity} {comparison}",
        "bracket": f"{name} ({comparison} {quantity})",
        "flipped": f"{quantity} {draw(st.sampled_from(SYMBOLS[FLIPPED[sign]]))} {name}",
    }.get(
        shape,
        f"{name}{glue}{comparison}{draw(st.sampled_from(('', ' '))) if not comparison[-1].isalpha() else ' '}{quantity}",
    )
    return Phrase(text, measured(word, unit, (sign, value)), shape)


@st.composite
def two_bounds(draw: st.DrawFn) -> Phrase:
    """A range, two comparisons, a chain."""
    word = draw(st.sampled_from(quantities()))
    (low, high), unit = draw(values(word, 2))
    name = draw(st.sampled_from(names_of(word)))
    a, b, u = draw(numbers(low)), draw(numbers(high)), draw(units(unit))
    ge, gt, le, lt = (draw(st.sampled_from(SYMBOLS[sign])) for sign in (">=", ">", "<=", "<"))
    closed, open_ = ((">=", low), ("<=", high)), ((">", low), ("<", high))
    dash, glue = draw(st.sampled_from(DASHES)), draw(st.sampled_from((" ", " of ", ": ", " is ", " must be ")))
    text, ends = draw(
        st.sampled_from(
            [
                (f"{name}{glue}{a}{dash}{b}{u}", closed),
                (f"{name}{glue}{a}{u} to {b}{u}", closed),
                (f"{name} between {a} and {b}{u}", closed),
                (f"{name} between {a}{u} and {b}{u} (inclusive)", closed),
                (f"{name} from {a} to {b}{u}, inclusive", closed),
                (f"{name} in the range of {a}{dash}{b}{u}", closed),
                (f"{name} ranging from {a} to {b}{u}", closed),
                (f"{name} {a} through {b}{u}", closed),
                (f"{name} {a} ~ {b}{u}", closed),
                (f"{name} between {b} and {a}{u}", closed),
                (f"{name}{glue}{b}{dash}{a}{u}", closed),
                (f"{name} {a}{dash}{b}{u} exclusive", open_),
                (f"{name} between {b}{u} and {a}{u} exclusive", open_),
                (f"{name} {ge} {a} and {le} {b}{u}", closed),
                (f"{name} {ge}{a}{u}, {le}{b}{u}", closed),
                (f"{name} {gt}{a} {lt}{b}{u}", open_),
                (f"{name} {ge} {a}{u} and {le} {b}{u}", closed),
                (f"{name} {ge} {a}{u} but {lt} {b}{u}", (closed[0], open_[1])),
                (f"{name} {gt} {a} and {lt} {b}{u}", open_),
                (f"{name} greater than {a} and less than {b}{u}", open_),
                (f"{name} {a}{u} to {lt} {b}{u}", (closed[0], open_[1])),
                (f"{name} {gt} {a} to {le} {b}{u}", (open_[0], closed[1])),
                (f"{a} {le} {name} {le} {b}{u}", closed),
                (f"{a}{u} {lt} {name} {le} {b}{u}", (open_[0], closed[1])),
            ]
        )
    )
    return Phrase(text, measured(word, unit, *ends), "two bounds")


@st.composite
def outside(draw: st.DrawFn) -> Phrase:
    """Below one value or above another."""
    word = draw(st.sampled_from(quantities()))
    (low, high), unit = draw(values(word, 2))
    name = draw(st.sampled_from(names_of(word)))
    a, b, u = draw(numbers(low)), draw(numbers(high)), draw(units(unit))
    under, over = measured(word, unit, ("<", low)), measured(word, unit, (">", high))
    text, rules = draw(
        st.sampled_from(
            [
                (f"{name} < {a} or > {b}{u}", (under, over)),
                (f"{name} less than {a}{u} or greater than {b}{u}", (under, over)),
                (f"{name} > {b}{u} or < {a}{u}", (over, under)),
                (f"{name} outside the range of {a}-{b}{u}", (under, over)),
            ]
        )
    )
    return Phrase(text, AnyOf(rules), "outside")


_FACTORS = {2.0: "twice", 3.0: "three times", 5.0: "five times", 10.0: "ten times"}
MULTIPLIED = ("ast", "alp", "total_bilirubin", "creatinine", "ldh", "ggt", "lipase", "inr", "ck", "amylase", "tsh")


@st.composite
def multiples(draw: st.DrawFn) -> Phrase:
    """A multiple of the upper limit of normal, of one test or of two."""
    keys = draw(st.lists(st.sampled_from(MULTIPLIED), min_size=1, max_size=3, unique=True))
    words = [vocabulary().words[key] for key in keys]
    names = [draw(st.sampled_from(names_of(word))) for word in words]
    value = draw(st.sampled_from((1.5, 2.0, 2.5, 3.0, 5.0, 10.0)))
    sign = draw(st.sampled_from(tuple(BEFORE)))
    comparison, limit = draw(st.sampled_from(BEFORE[sign])), draw(st.sampled_from(LIMITS))
    times = draw(st.sampled_from(TIMES))
    if limit.startswith("the "):
        times = times.replace(" the ", " ")
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    rules = tuple(measured(word, "ULN", (sign, value)) for word in words)
    text = f"{joined} {comparison} {value:g}{times}{limit}"
    if value in _FACTORS and draw(st.booleans()):
        text = f"{joined} {comparison} {_FACTORS[value]} {limit}"
    elif draw(st.integers(0, 9)) == 0:
        text = f"{joined} {comparison} {limit.removeprefix('the ')} x {value:g}"
    return Phrase(text, rules[0] if len(rules) == 1 else AllOf(rules), f"multiple of {len(rules)}")


@st.composite
def ages(draw: st.DrawFn) -> Phrase:
    """Ages in the ways in which only ages are written."""
    a, b = sorted(draw(st.lists(st.integers(1, 99), min_size=2, max_size=2, unique=True)))
    y, ge, le = draw(st.sampled_from(YEARS)), draw(st.sampled_from(SYMBOLS[">="])), draw(st.sampled_from(SYMBOLS["<="]))
    who = draw(st.sampled_from(("Patients", "Adults", "Male or female", "Men and women", "Subjects", "Participants")))
    dash = draw(st.sampled_from(DASHES))
    low, high = (">=", float(a)), ("<=", float(b))
    text, ends = draw(
        st.sampled_from(
            [
                (f"Age {ge} {a}{y}", (low,)),
                (f"Age {le} {b}{y}", (high,)),
                (f"{who} aged {a}{dash}{b}{y}", (low, high)),
                (f"{who} {a}{dash}{b}{y}", (low, high)),
                (f"{who} {ge} {a}{y}", (low,)),
                (f"{who} aged {a} years and older", (low,)),
                (f"{who}, {a} years of age or older", (low,)),
                (f"{who} between the ages of {a} and {b}{y}", (low, high)),
                (f"{who} between {a} and {b}{y}", (low, high)),
                (f"{who} aged {a} to {b} years, inclusive", (low, high)),
                (f"Age {a} years or older", (low,)),
                (f"Age between {a} and {b} years", (low, high)),
                (f"Age {ge} {a} and {le} {b}{y}", (low, high)),
                (f"Ages {a} through {b}{y}", (low, high)),
                (f"{who} from {a} to {b} years inclusive", (low, high)),
                (f"Age: {a} years and over", (low,)),
                (f"{a}{y} or above", (low,)),
                (f"{who} no older than {b}{y}", (high,)),
                (f"{who} up to {b} years of age", (high,)),
                (f"{who} over the age of {a} years", ((">", float(a)),)),
                (f"{a} years to under {b} years", (low, ("<", float(b)))),
                (f"{a} {le} age {le} {b}{y}", (low, high)),
                (f"Age at least {a}{y}", (low,)),
                (f"Aged {a} years or above", (low,)),
                (f"{a}{y} and above", (low,)),
                (f"{who} younger than {b}{y}", (("<", float(b)),)),
                (f"{who} under the age of {b} years", (("<", float(b)),)),
                (f"Under {b} years of age", (("<", float(b)),)),
                (f"{who} older than {a}{y}", ((">", float(a)),)),
                (f"Age > {a}{y}", ((">", float(a)),)),
                (f"Age < {b}{y}", (("<", float(b)),)),
                (f"Age not older than {b}{y}", (high,)),
                (f"{b} years of age or younger", (high,)),
            ]
        )
    )
    return Phrase(text, measured(vocabulary().words["age"], "year", *ends), "age")


@st.composite
def signed(draw: st.DrawFn) -> Phrase:
    """Values below zero, which only some quantities have."""
    word = vocabulary().words[draw(st.sampled_from(("bone_density_tscore", "refraction")))]
    high, low = sorted(draw(st.lists(st.integers(2, 16), min_size=2, max_size=2, unique=True)))
    name, a, b = draw(st.sampled_from(names_of(word))), f"-{low / 2:g}", f"-{high / 2:g}"
    u = draw(units(word.unit))
    sign = draw(st.sampled_from(tuple(SYMBOLS)))
    comparison = draw(st.sampled_from(SYMBOLS[sign]))
    text, ends = draw(
        st.sampled_from(
            [
                (f"{name} {comparison} {a}{u}", ((sign, -low / 2),)),
                (f"{name} {comparison}{a}{u}", ((sign, -low / 2),)),
                (f"{name} of less than {b}{u}", (("<", -high / 2),)),
                (f"{name} between {a} and {b}{u}", ((">=", -low / 2), ("<=", -high / 2))),
                (f"{name} between {b} and {a}{u}", ((">=", -low / 2), ("<=", -high / 2))),
                (f"{name} > {a} and < {b}{u}", ((">", -low / 2), ("<", -high / 2))),
            ]
        )
    )
    return Phrase(text, measured(word, word.unit, *ends), "signed")


@st.composite
def restated(draw: st.DrawFn) -> Phrase:
    """A bound said again in brackets in another unit."""
    key, other = draw(st.sampled_from(RESTATED))
    word = vocabulary().words[key]
    assert word.plausible
    value = float(f"{word.plausible[1] * draw(st.integers(1, 30)) / 100:.2g}")
    again = convert(value, word.unit, other, word)
    assume(again is not None and word.plausible[0] <= value)
    sign = draw(st.sampled_from(tuple(BEFORE)))
    first, second = (
        f"{draw(numbers(value))}{draw(units(word.unit))}",
        f"{draw(numbers(float(f'{again:.3g}')))}{draw(units(other))}",
    )
    name, comparison = draw(st.sampled_from(names_of(word))), draw(st.sampled_from(BEFORE[sign]))
    text = draw(
        st.sampled_from(
            (f"{first} ({second})", f"{first} [{second}]", f"{first} ({draw(st.sampled_from(SYMBOLS[sign]))} {second})")
        )
    )
    return Phrase(f"{name} {comparison} {text}", measured(word, word.unit, (sign, value)), "restated")


RESTATED = (
    ("total_bilirubin", "umol/L"),
    ("creatinine", "umol/L"),
    ("glucose", "mmol/L"),
    ("hemoglobin", "g/L"),
    ("platelets", "/uL"),
    ("anc", "/mm3"),
)


@st.composite
def negated(draw: st.DrawFn) -> Phrase:
    """A comparison turned by a negation."""
    word = draw(st.sampled_from(quantities()))
    (value,), unit = draw(values(word, 1))
    name, quantity = draw(st.sampled_from(names_of(word))), draw(numbers(value)) + draw(units(unit))
    text, sign = draw(
        st.sampled_from(
            [
                (f"{name} cannot be higher than {quantity}", "<="),
                (f"{name} should not be less than {quantity}", ">="),
                (f"{name} must not exceed {quantity}", "<="),
                (f"{name} must not be greater than {quantity}", "<="),
                (f"{name} not < {quantity}", ">="),
                (f"{name} is not below {quantity}", ">="),
                (f"No {name} > {quantity}", "<="),
                (f"no {name} less than {quantity}", ">="),
            ]
        )
    )
    return Phrase(text, measured(word, unit, (sign, value)), "negated")


@st.composite
def dressed(draw: st.DrawFn) -> Phrase:
    """Any phrase with what surrounds and interrupts it in records: wraps, escapes, hard spaces, points."""
    phrase = draw(st.one_of(one_bound(), two_bounds(), multiples(), grades(), signed()))
    start = draw(st.sampled_from(("", "", "Patients with ", "Subjects must have ", "Have a ", "Documented ")))
    text = f"{start}{phrase.text}{draw(st.sampled_from(('', '.', ';', ',', ' .')))}"
    spaces = [place for place, char in enumerate(text) if char == " " and text[place + 1] not in "-–−"]  # no bullets
    if spaces:
        at = draw(st.sampled_from(spaces))
        text = text[:at] + draw(st.sampled_from((" ", "\n     ", "\u00a0", "  ", "\u2009"))) + text[at + 1 :]
    if draw(st.booleans()):
        text = re.sub(r"([<>\[\]*~])", r"\\\1", text)
    return replace(phrase, text=text, shape=f"{phrase.shape}, dressed")


@cache
def scales() -> tuple[Word, ...]:
    """The scales whose levels have an order, and names of their own."""
    return tuple(
        word
        for word in vocabulary().words.values()
        if word.kind == "scale"
        and word.higher_is_worse is not None
        and word.key != "bclc_stage"  # digits and letters
        and names_of(word)
        and len(word.levels) > 2
        and all(_LEVEL.fullmatch(level.value) for level in word.levels)
    )


@st.composite
def grades(draw: st.DrawFn) -> Phrase:
    """Levels of a scale: one, a set, a range, from one up or down."""
    word = draw(st.sampled_from(scales()))
    levels = [level.value for level in word.levels]
    i, j = sorted(draw(st.lists(st.integers(0, len(levels) - 1), min_size=2, max_size=2, unique=True)))
    name, a, b = draw(st.sampled_from(names_of(word))), levels[i], levels[j]
    text, chosen = draw(
        st.sampled_from(
            [
                (f"{name} {a}", [a]),
                (f"{name} of {b}", [b]),
                (f"{name} {a}/{b}", [a, b]),
                (f"{name} {a} and {b}", [a, b]),
                (f"{name} of {b} or above", levels[j:]),
                (f"{name} {b} or greater", levels[j:]),
                (f"{name} > {a}", levels[i + 1 :]),
                (f"{name} < {b}", levels[:j]),
                (f"{name} at least {b}", levels[j:]),
                (f"{name} no more than {a}", levels[: i + 1]),
                (f"{name} less than or equal to {a}", levels[: i + 1]),
                (f"{name}: {a}, {b}", [a, b]),
                (f"{name} {a} through {b}", levels[i : j + 1]),
                (f"{name} {a} or {b}", [a, b]),
                (f"{name} of {a} to {b}", levels[i : j + 1]),
                (f"{name} {a}-{b}", levels[i : j + 1]),
                (f"{name} between {a} and {b}", levels[i : j + 1]),
                (f"{name} {b} or higher", levels[j:]),
                (f"{name} ≥ {b}", levels[j:]),
                (f"{name} ≤ {a}", levels[: i + 1]),
                (f"{name} {b} or worse", levels[j:] if word.higher_is_worse else levels[: j + 1]),
                (f"{name} {a} or better", levels[: i + 1] if word.higher_is_worse else levels[i:]),
            ]
        )
    )
    return Phrase(text, Graded(word.key, tuple(chosen)), "grade")


WINDOWS = (
    (" within 14 days prior to enrolment", Window("within", 14, "day", "enrollment")),
    (" within 4 weeks before randomization", Window("within", 4, "week", "randomization")),
    (" within the past 6 months", Window("within", 6, "month")),
    (" in the last 3 months", Window("within", 3, "month")),
)


@st.composite
def windowed(draw: st.DrawFn) -> Phrase:
    """A bound that must hold within a time."""
    phrase = draw(one_bound().filter(lambda one: one.shape in ("before", "after")))
    words, window = draw(st.sampled_from(WINDOWS))
    assert isinstance(phrase.rule, Measured)
    return Phrase(phrase.text + words, replace(phrase.rule, window=window), "window")


@st.composite
def lists(draw: st.DrawFn) -> Phrase:
    """Two or three bounds in a row, or as items under a title that counts them."""
    simple = one_bound().filter(lambda one: one.shape == "before") | grades()
    parts = draw(st.lists(simple, min_size=2, max_size=3, unique_by=lambda one: getattr(one.rule, "variable", "scale")))
    texts, rules = [part.text for part in parts], tuple(part.rule for part in parts)
    row = ", ".join(texts[:-1])
    bullets = "".join(f"\n  * {text}" for text in texts)
    marks = "; ".join(f"{chr(97 + n)}) {text}" for n, text in enumerate(texts))
    every, some = AllOf(rules), AnyOf(rules)
    two: Rule = AtLeast(2, rules) if len(rules) > 2 else every
    forms: list[tuple[str, Rule]] = [
        (f"{row} and {texts[-1]}", every),
        (f"{row}, and {texts[-1]}", every),
        (f"{row} or {texts[-1]}", some),
        (f"{row}, or {texts[-1]}", some),
        (f"All of the following:{bullets}", every),
        (f"Any of the following:{bullets}", some),
        (f"At least one of the following:{bullets}", some),
        (f"At least two of the following:{bullets}", two),
        (f"Any of the following: {marks}", some),
    ]
    return Phrase(*draw(st.sampled_from(forms)), "list")


SHAPES = (one_bound, two_bounds, outside, multiples, restated, negated, signed, ages, grades, windowed, lists, dressed)
