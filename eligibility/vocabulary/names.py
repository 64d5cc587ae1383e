"""Names that no table holds: whether a phrase is built like the name of a disease, a treatment or a procedure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import tomli

NameKind = Literal["condition", "treatment", "procedure"]

_KINDS: tuple[NameKind, ...] = ("condition", "treatment", "procedure")
_WORD = re.compile(r"[a-z0-9]+(?:[-‐‑'’][a-z0-9]+)*")
_ONLY_WORDS = re.compile(r"[A-Za-z0-9\-‐‑'’ ]+")
_CODE = re.compile(r"(?!nct\d)(?=.*[a-z])(?=.*\d.*\d.*\d)[a-z0-9\-]{5,}")
_BETWEEN = re.compile(r"[\s\-‐‑_,]+")
# "BBI-608" is BBI608
_NUMBERED = re.compile(r"(?<=[a-z])[-‐‑](?=\d)")
_TAG = re.compile(r"\s*\([^()]*\)\s*$")
_ACTIONS = ("ed", "ing", "ly", "able", "ible")
_MOST_WORDS = 6
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class _Forms:
    heads: frozenset[str]
    endings: tuple[str, ...]

    def named_by(self, word: str) -> bool:
        """Whether the word itself is such a name: "prostatitis", "nivolumab"."""
        return len(word) >= _SHORTEST and word.endswith(self.endings)


def plain_name(name: str) -> str:
    """A name without what does not tell names apart: case, hyphens, articles, the tag of SNOMED CT, a plural's "s"."""
    joined = _NUMBERED.sub("", _TAG.sub("", name).casefold())
    words = [word for word in _BETWEEN.split(joined) if word not in ("the", "a", "an")]
    return " ".join(map(_singular, filter(None, words)))


def kind_of_name(phrase: str, said: NameKind | None = None) -> NameKind | None:
    """What a phrase is the name of, by its last word or the one before "of"; None when it is not built like a name.

    `said` is what the words before it make of it ("allergy to …": a treatment): then any words that are no plain
    English do, and a research code ("MK-3475").
    """
    words = _words(phrase)
    forms, generic, plain = _tables()
    if not words or any(word in plain or (_is_action(word) and not _is_form(word)) for word in words):
        return None
    if any(word.isdigit() and before != "type" for before, word in zip(("", *words), words, strict=False)):
        return None
    telling = [word for word in words if word not in generic and not word.isdigit() and word != "of"]
    if not telling:
        return None
    if said is not None and len(words) <= 3:
        return said if len(telling) == len(words) else None
    named = words[words.index("of") - 1] if "of" in words[1:] else words[-1]
    for kind, form in forms.items():
        if form.named_by(named) or (named in form.heads and telling != [named] and len(words) > 1):
            return kind
    return "treatment" if len(words) == 1 and _CODE.fullmatch(words[0]) else None


def _words(phrase: str) -> list[str]:
    """The words of a phrase in the singular; none when there is anything else in it, or too many of them."""
    if not _ONLY_WORDS.fullmatch(phrase):
        return []
    words = [_singular(word) for word in _WORD.findall(phrase.casefold()) if word not in ("the", "a", "an")]
    return words if len(words) <= _MOST_WORDS else []


def _is_action(word: str) -> bool:
    """ "treated", "progressing": with three letters at least before the ending."""
    return word.endswith(_ACTIONS) and any(word.endswith(ending) and len(word) > len(ending) + 2 for ending in _ACTIONS)


def _is_form(word: str) -> bool:
    forms, _, _ = _tables()
    return any(word in form.heads or form.named_by(word) for form in forms.values())


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 5:
        return f"{word[:-3]}y"
    return (
        word[:-1]
        if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os"))
        else word
    )


@cache
def _tables() -> tuple[dict[NameKind, _Forms], frozenset[str], frozenset[str]]:
    table = tomli.loads(files("eligibility.vocabulary").joinpath("names.toml").read_text(encoding="utf-8"))
    forms = {kind: _Forms(frozenset(table[kind]["heads"]), tuple(table[kind]["endings"])) for kind in _KINDS}
    return forms, frozenset(table["words"]["generic"]), frozenset(table["words"]["plain"])
