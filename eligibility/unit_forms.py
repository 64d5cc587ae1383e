"""How units are written in texts: the table units.toml, read once, and searched in both directions.

The house spelling of a unit is its UCUM code (`umol/L`, `10*9/L`, `mm[Hg]`), except times, which are the words
`year month week day hour minute second`, and the multiples `ULN`, `LLN`, `baseline` and `%predicted`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

import tomli

from eligibility.errors import TableError

_AMOUNTS = ("g", "mol", "meq")
# behind a symbol and without digits: "{1.73_m2}" is no remark, and behind "%" or alone it may be a unit of its own
_ANNOTATION = re.compile(r"(?<=[A-Za-z\]])\{([^{}\d]+)\}")
_BRACES = re.compile(r"\{([^{}]+)\}")
_PER = re.compile(r"\bper\b")
# micro signs, the sign of multiplication, superscripts and dashes become plain; spaces, brackets and points go
_SIGNS = "\u00b5\u03bc\u00d7\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_PLAIN = "uux0123456789"
_EXACT_TIDY = str.maketrans(_SIGNS, _PLAIN, " \u00a0\u2009\u202f^*()\u00b7")
_TIDY = str.maketrans(
    _SIGNS + "\u2212\u2013\uff05\u2215\u2044", _PLAIN + "--%//", " \t\r\n\u00a0\u2009\u202f^*()\u00b7,."
)


@cache
def _table() -> dict[str, Any]:
    with files("eligibility").joinpath("units.toml").open("rb") as file:
        return tomli.load(file)


def house_units() -> tuple[str, ...]:
    """The house spelling of every known unit, in the order of the table."""
    return tuple(_table()["units"])


def pint_expression(unit: str | None) -> str:
    """How the registry names a house unit; None is a pure number. Raises KeyError for any other text."""
    return "" if unit is None else str(_table()["units"][unit].get("pint", unit))


def canonical_unit(text: str) -> str | None:
    """The house spelling of a unit written in any known way, or None when it is not known.

    Case is ignored except where it carries meaning (G/L and g/L, mM and mm); spaces, micro signs,
    superscripts, "per" and "/" are all one. An annotation of UCUM behind a unit says nothing, unless the house does
    tell units apart by it: `g{Hb}/dL` is g/dL, `mg/L{DDU}` is not mg/L.
    """
    return _canonical(text.strip())


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str | None:
    found = _written(text)
    return found if found or "{" not in text else _written(_ANNOTATION.sub(_annotation, text))


def _written(text: str) -> str | None:
    units = _table()["units"]
    if text in units:
        return text
    exact, folded = _lookup()
    found = exact.get(text.translate(_EXACT_TIDY))
    return found or folded.get(_fold(text))


def _annotation(braces: re.Match[str]) -> str:
    """What stays of an annotation behind a unit: nothing, save where a unit or a logarithm is meant by it.

    In UCUM an annotation changes nothing: `g{Hb}/dL` is g/dL. The house does tell `{FEU}` and `{DDU}` apart.
    """
    word = braces[1].casefold()
    return braces[0] if word in _telling() or word.startswith("log") else ""


@cache
def _telling() -> frozenset[str]:
    """The annotations that house spellings are told apart by."""
    return frozenset(word.casefold() for house in house_units() for word in _BRACES.findall(house))


def _fold(text: str) -> str:
    """A spelling without what does not tell units apart: case, spaces, kinds of micro sign, "per" for "/"."""
    return _PER.sub("/", text.casefold()).translate(_TIDY)


@cache
def _lookup() -> tuple[dict[str, str], dict[str, str]]:
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for house, row in _table()["units"].items():
        for form in (*row.get("exact", ()), *row.get("codes", ())):
            _own(exact, form.translate(_EXACT_TIDY), house)
        for key in {_fold(form) for form in (house, *row.get("spellings", ()))} | set(_composed_keys(house)):
            _own(folded, key, house)
    return exact, folded


def _own(table: dict[str, str], key: str, house: str) -> None:
    if table.setdefault(key, house) != house:
        raise TableError("units.toml", house, f"the spelling {key!r} also belongs to {table[key]}")


def _composable(house: str) -> tuple[str, ...]:
    """The parts of a unit when all of them are atoms and it may be written in every composed form, else ()."""
    table = _table()
    parts = tuple(house.split("/"))
    known = all(part in table["atoms"] for part in parts)
    return parts if known and not table["units"][house].get("whole") else ()


@cache
def _forms(atom: str, plural: bool) -> tuple[str, ...]:
    """The written forms of an atom; long forms take an "s" where the atom stands first."""
    out: list[str] = []
    for form in _table()["atoms"][atom]:
        stem = form.removesuffix("(s)")
        out.append(stem)
        if plural and stem != form:
            out.append(stem + "s")
    return tuple(out)


def _atom_forms(parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [_forms(part, place == 0) for place, part in enumerate(parts)]


@cache
def _keys(atom: str, plural: bool) -> tuple[str, ...]:
    return tuple({_fold(form) for form in _forms(atom, plural)})


def _composed_keys(house: str) -> Iterator[str]:
    parts = _composable(house)
    if not parts:
        return
    for forms in product(*(_keys(part, place == 0) for place, part in enumerate(parts))):
        yield "/".join(forms)
    yield from map(_fold, (*_without_slash(parts), *_with_exponent(parts)))


def _symbols(atom: str) -> list[str]:
    """The symbol of an atom with every micro sign, not its words: "umol" and "µmol", not "micromole"."""
    forms = _forms(atom, False)
    return [form for form in forms if _fold(form) == _fold(forms[0])]


def _with_exponent(parts: tuple[str, ...]) -> Iterator[str]:
    """ "mmol.l-1", "mg dL-1"."""
    if len(parts) == 2 and parts[0].endswith(_AMOUNTS):
        for head, join in product(_symbols(parts[0]), (" ", ".", "·")):
            yield f"{head}{join}{_symbols(parts[1])[0]}-1"


def _without_slash(parts: tuple[str, ...]) -> Iterator[str]:
    """ "umolL", "mgdL": the slash is lost, and nothing else can be meant."""
    if len(parts) == 2 and parts[1] in ("L", "dL", "mL") and parts[0].endswith(_AMOUNTS):
        for form in _symbols(parts[0]):
            if len(form + parts[1]) > 3:
                yield form + parts[1].casefold()


def spellings() -> Iterable[tuple[str, str, bool]]:
    """Every way a unit is written in prose: (spelling, house unit, whether its case must match).

    Spellings that may be in any case come in lower case or as in the table.
    """
    for house, row in _table()["units"].items():
        for form in dict.fromkeys((*_composed(house), *row.get("spellings", ()))):
            yield form, house, False
        for form in row.get("exact", ()):
            yield form, house, True


def _composed(house: str) -> Iterator[str]:
    parts = _composable(house)
    if not parts:
        return
    for forms in product(*_atom_forms(parts)):
        yield "/".join(forms)
        if len(forms) > 1:
            yield " per ".join(forms).strip()
        if len(forms) == 3:
            yield f"{forms[0]}/{forms[1]} per {forms[2]}"
    yield from _without_slash(parts)
    yield from _with_exponent(parts)
