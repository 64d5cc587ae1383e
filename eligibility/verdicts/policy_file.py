"""A policy written down once for a site: what silence means, and how old facts may be.

assume_absent = ["conditions", "dialysis"]        # whole lists, or words of the vocabulary with all their kinds
table_ranges = true                               # the vocabulary's reference range where the patient's is missing

[max_age]                                         # days, where the text gives no window
measurements = 30
scales = 90
creatinine = 14
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients.patient import LISTS
from eligibility.verdicts.policy import Policy
from eligibility.vocabulary.local_toml import read_toml

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

MOST_DAYS = 99_999
_FIELDS = ("assume_absent", "table_ranges", "max_age")


def read_policy(path: str | Path, words: Vocabulary) -> Policy:
    """The policy of a TOML file; `words` is the vocabulary that its names are of.

    Raises InputError naming every fault: an unreadable file, a field, list, word or number of days that is none.
    """
    table = read_toml(Path(path), 1, 'such as assume_absent = ["conditions"]')
    faults = list(_faults(table, words))
    if faults:
        raise InputError(str(path), *faults)
    policy = Policy(
        assume_absent=frozenset(table.get("assume_absent", ())), table_ranges=table.get("table_ranges", False)
    )
    for name, days in table.get("max_age", {}).items():
        policy = aged(policy, name, days)
    return policy


def aged(policy: Policy, name: str, days: int) -> Policy:
    """The policy with another greatest age in days: of `measurements`, of `scales`, or of one variable."""
    if name == "measurements":
        return replace(policy, measurement_days=days)
    if name == "scales":
        return replace(policy, scale_days=days)
    kept = tuple(pair for pair in policy.lasting if pair[0] != name)
    return replace(policy, lasting=(*kept, (name, days)))


def names_absence(name: str, words: Vocabulary) -> bool:
    """Whether absence can be assumed of it: one of the lists, or a word that is no quantity and no scale."""
    word = words.words.get(name)
    return name in LISTS or (word is not None and word.kind not in ("quantity", "scale"))


def _faults(table: Mapping[str, Any], words: Vocabulary) -> Iterator[Fault]:
    for name in table.keys() - set(_FIELDS):
        yield Fault(name, "is no field of a policy", f"one of {', '.join(_FIELDS)}")
    absent, ages = table.get("assume_absent", []), table.get("max_age", {})
    if not isinstance(absent, list):
        yield Fault("assume_absent", "is no list", 'such as ["conditions", "dialysis"]')
    for name in absent if isinstance(absent, list) else ():
        if not isinstance(name, str) or not names_absence(name, words):
            yield Fault(
                "assume_absent", f"{name!r} is neither a list nor a word", f"one of {', '.join(LISTS)}, or a word"
            )
    if not isinstance(table.get("table_ranges", False), bool):
        yield Fault("table_ranges", "is neither true nor false", "write true")
    if not isinstance(ages, dict):
        yield Fault("max_age", "is no table", "such as [max_age] and scales = 90 below it")
    for name, days in ages.items() if isinstance(ages, dict) else ():
        if name not in ("measurements", "scales") and name not in words.words:
            yield Fault(f"max_age.{name}", "the vocabulary has no such word", "`eligibility vocabulary` lists them")
        if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= MOST_DAYS:
            yield Fault(f"max_age.{name}", "is no number of days", f"from 1 to {MOST_DAYS}")
