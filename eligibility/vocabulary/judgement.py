"""Questions that only a person can answer: whether words of a criterion are one, by the words they are made of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")
# "non-compliance", "co-morbid" are one word
JOINED: Final = frozenset(("non", "co", "pre", "contra"))
_JOINED: Final = re.compile(rf"\b({'|'.join(sorted(JOINED))})[-‐‑ ](?=[a-z])")
_PREFIXES: Final = tuple(f"{prefix}{mark}" for prefix in sorted(JOINED) for mark in "-‐‑ ")
_POSSESSIVE: Final = re.compile(r"['’]s?\b")

Phrases = dict[str, tuple[tuple[str, ...], ...]]


def words_of(text: str) -> list[str]:
    """The words of a text as the table has them: small letters and digits."""
    text = text.casefold()
    if any(prefix in text for prefix in _PREFIXES):
        text = _JOINED.sub(r"\1", text)
    return _WORD.findall(_POSSESSIVE.sub("", text) if "'" in text or "’" in text else text)


class Questions:
    """The table, each phrase by its first word."""

    def __init__(self) -> None:
        table = tomllib.loads(files("eligibility.vocabulary").joinpath("judgement.toml").read_text(encoding="utf-8"))
        self.opinion, self.will, self.life, self.ability, self._trial_drug, self._remark = (
            _phrases(table[name]["words"]) for name in ("opinion", "will", "life", "ability", "allergy", "remark")
        )
        self._need = _phrases(table["need"]["words"])
        self.beside = frozenset(table["beside"]["things"])
        self.told = _phrases(table["life"]["told"])
        self._goes_on = frozenset(table["goes_on"]["words"])
        self.other, self.methods = frozenset(table["other"]["words"]), frozenset(table["other"]["methods"])
        self.of, self._remarks = frozenset(table["will"]["of"]), frozenset(table["remark"]["whole"])
        self.study, self.plans = frozenset(table["ability"]["study"]), frozenset(table["ability"]["plans"])
        self._of, self._there = (frozenset(table["material"][name]) for name in ("of", "there"))
        vague = {name: frozenset(words) for name, words in table["vague"].items()}
        self._when = vague.pop("when")
        self.adjectives = vague["adjectives"] | vague["functional"]
        self._functional, self._functions, self._organs = vague["functional"], vague["functions"], vague["organs"]
        self.nouns, self._telling = vague["nouns"], vague["telling"]
        self.behind = self.nouns | {"laboratory", "lab"}
        self._reactions, self._of_allergy = (frozenset(table["allergy"][name]) for name in ("reactions", "silent"))
        self._vague = frozenset[str]().union(*vague.values())
        asked = (
            self.opinion,
            self.will,
            self.life,
            self.told,
            self.ability,
            self._trial_drug,
            self._remark,
            self._need,
        )
        remarks = (words_of(remark)[0] for remark in self._remarks)
        self._first = frozenset((*self._of, *remarks, *(word for phrases in asked for word in phrases)))
        self._before_able = self._vague | frozenset(table["ability"]["before"])
        self._before_a_drug = self._vague | self._reactions | self._of_allergy

    def may_ask(self, words: Sequence[str]) -> bool:
        """Whether one of the words may begin a question; a quick look."""
        return not self._first.isdisjoint(words)

    def names_nothing(self, words: Sequence[str]) -> bool:
        """Whether words only say that there is something: "any other medical condition"."""
        said = self._vague.issuperset(words) and not self.nouns.isdisjoint(words)
        return said and self._organs.isdisjoint(words)

    def is_silent(self, words: Sequence[str]) -> bool:
        """Whether words say nothing by themselves."""
        return bool(words) and self._vague.issuperset(words)

    def opines(self, words: Sequence[str]) -> bool:
        """Whether words are somebody's opinion, or tell what somebody wills or is able to."""
        return any(places(phrases, words) for phrases in (self.opinion, self.will, self.ability))

    def goes_on(self, words: Sequence[str]) -> bool:
        """Whether words may say more of a question that stands before them."""
        return not self._goes_on.isdisjoint(words)

    def is_vague(self, words: Sequence[str]) -> bool:
        """Whether words ask for a judgement and name nothing: "serious medical illness", "adequate organ function"."""
        if words and not self._functions.isdisjoint(words):
            unread = [word for word in words if word not in self._vague]
            return not self._functional.isdisjoint(words) and self._when.issuperset(unread)
        if not words or not self._vague.issuperset(words):
            return False
        if not self._organs.isdisjoint(words):
            return False
        if not self._telling.isdisjoint(words):
            return True
        return not (self.adjectives.isdisjoint(words) or self.nouns.isdisjoint(words))

    def is_able(self, words: Sequence[str]) -> bool:
        """Whether words begin with what somebody is fit for or expected to do, other than to be in the study."""
        for at in places(self.ability, words):
            if self._before_able.issuperset(words[:at]):
                return words[at] not in ("eligible", "ineligible") or self.study.isdisjoint(words[at + 2 : at + 3])
        return False

    def is_needed(self, words: Sequence[str]) -> bool:
        """Whether words begin with what somebody needs."""
        return any(self._vague.issuperset(words[:at]) for at in places(self._need, words))

    def is_nothing(self, words: Sequence[str]) -> bool:
        """Whether words say nothing by themselves, or there are none."""
        return self._vague.issuperset(words)

    def is_there(self, words: Sequence[str]) -> bool:
        """Whether words ask for material of the patient to be there: "archival tumour tissue is available"."""
        return not self._of.isdisjoint(words) and not self._there.isdisjoint(words)

    def is_remark(self, words: Sequence[str]) -> bool:
        """Whether a sentence only points elsewhere: "other protocol-defined criteria may apply"."""
        return bool(words) and (" ".join(words) in self._remarks or _begins(self._remark, words, 0))

    def is_allergy(self, words: Sequence[str]) -> bool:
        """Whether words are of an allergy to what the trial gives: "hypersensitivity to any component of …"."""
        at = next(iter(places(self._trial_drug, words)), 0)
        return not self._reactions.isdisjoint(words[:at]) and self._before_a_drug.issuperset(words[:at])


def places(phrases: Phrases, words: Sequence[str]) -> list[int]:
    """Where phrases begin among words."""
    return [at for at in range(len(words)) if words[at] in phrases and _begins(phrases, words, at)]


def _begins(phrases: Phrases, words: Sequence[str], at: int) -> bool:
    return any(len(said) == 1 or tuple(words[at : at + len(said)]) == said for said in phrases.get(words[at], ()))


def _phrases(rows: Sequence[str]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        words = tuple(words_of(row))
        found.setdefault(words[0], []).append(words)
    return {first: tuple(phrases) for first, phrases in found.items()}


@cache
def questions() -> Questions:
    """The shipped table, read once."""
    return Questions()
