"""Groups of Circe criteria as rules: ALL, ANY, AT_LEAST and AT_MOST of leaves and groups."""

from __future__ import annotations

from typing import Any

from eligibility.cohorts.events import Asked, asked, body_of, leaf, polarity
from eligibility.cohorts.named_sets import NamedSets
from eligibility.cohorts.values import is_restated, measured, person
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Measured, Not, Rule, Unclear
from eligibility.vocabulary.tables import Vocabulary

_DEEPEST = 40
_JOINED = ("ALL", "ANY")


class Groups:
    """Reads the groups of one definition."""

    def __init__(self, sets: NamedSets, words: Vocabulary) -> None:
        """`sets` are its concept sets, `words` the vocabulary they are looked up in."""
        self._sets, self._words = sets, words

    def rule(self, group: object, depth: int = 0) -> Rule:
        """What a group asks; what is not understood in it is unclear, as is a group of nothing."""
        if not isinstance(group, dict) or depth > _DEEPEST:
            return Unclear("a group of criteria", "cannot be read")
        type = str(group.get("Type")).upper()
        listed = {name: group.get(name) or [] for name in ("CriteriaList", "DemographicCriteriaList", "Groups")}
        if any(not isinstance(one, list) for one in listed.values()):
            return Unclear("a group of criteria", "cannot be read")
        rules = self._windowed(listed["CriteriaList"], type)
        rules += [_of_person(one) for one in listed["DemographicCriteriaList"]]
        rules += [self.rule(one, depth + 1) for one in listed["Groups"]]
        return _joined(type, group.get("Count"), rules)

    def _windowed(self, listed: list[Any], type: str) -> list[Rule]:
        """Criteria on events that only together say when something was are one leaf, as are limits in two units."""
        found: list[Rule | list[Asked]] = []
        times: dict[tuple[bool, str, str, int], list[Asked]] = {}
        for place, one in enumerate(listed):
            read = self._one(one)
            if not isinstance(read, Asked):
                found.append(read)
                continue
            alone = 0 if _merges(type, read.positive) else place + 1
            rows = times.setdefault((read.positive, read.word, read.column, alone), [])
            found += [] if rows else [rows]
            rows.append(read)
        rules: list[Rule] = []
        for one in found:
            self._add(rules, self._leaf(one) if isinstance(one, list) else one, type)
        return rules

    def _one(self, given: object) -> Rule | Asked:
        if not isinstance(given, dict):
            return _or_unclear("it cannot be read", given)
        if body_of(given)[0] != "Measurement":
            found = asked(given, self._sets)
            return found if isinstance(found, Asked) else _or_unclear(found, given)
        positive = polarity(given)
        limit = measured(given, self._sets, self._words) if positive is not None else "this count is not understood"
        return _or_unclear(limit, given) if isinstance(limit, str) or positive else Not(limit)

    def _leaf(self, rows: list[Asked]) -> Rule:
        first = rows[0]
        found = leaf(frozenset((row.what, row.back) for row in rows), first.fact, first.word)
        if isinstance(found, str):
            return Unclear(self._words.words[first.word].label, found)
        return found if first.positive else Not(found)

    def _add(self, rules: list[Rule], rule: Rule, type: str) -> None:
        """Unless it is there already: by another column of concepts, or as a limit in another unit.

        Where a group counts, every criterion counts.
        """
        there = type in _JOINED and rule.kind != "unclear" and rule in rules
        if not there and not (_merges(type, rule.kind != "not") and self._is_restated(rule, rules)):
            rules.append(rule)

    def _is_restated(self, rule: Rule, rules: list[Rule]) -> bool:
        limit = _limit(rule)
        before = (_limit(one) for one in rules if one.kind == rule.kind)
        return limit is not None and any(one is not None and is_restated(limit, one, self._words) for one in before)


def _merges(type: str, positive: bool) -> bool:
    """Whether several criteria of a group may be one: any of several events, or none of all of them."""
    return type == ("ANY" if positive else "ALL")


def _limit(rule: Rule) -> Measured | None:
    inner = rule.rule if isinstance(rule, Not) else rule
    return inner if isinstance(inner, Measured) else None


def _of_person(given: object) -> Rule:
    return _or_unclear(person(given) if isinstance(given, dict) else "it cannot be read", given)


def _or_unclear(found: Rule | str, given: object) -> Rule:
    if not isinstance(found, str):
        return found
    named, _ = body_of(given) if isinstance(given, dict) else ("", {})
    return Unclear(named or "a criterion", found)


def _joined(type: str, count: object, rules: list[Rule]) -> Rule:
    """The rules by the type of their group; one alone needs none."""
    parts = tuple(rules)
    if not parts:
        return Unclear("a group of criteria", "asks for nothing")
    if type in ("AT_LEAST", "AT_MOST"):
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= len(parts):
            return Unclear("a group of criteria", f"{type} {count} of {len(parts)} is not understood")
        wanted = count if type == "AT_LEAST" else count + 1
        if not 0 < wanted <= len(parts):
            return Unclear("a group of criteria", "asks for nothing")
        made = AtLeast(wanted, parts)
        return made if type == "AT_LEAST" else Not(made)
    if type not in _JOINED:
        return Unclear("a group of criteria", f"{type} is not understood")
    if len(parts) == 1:
        return parts[0]
    return AllOf(parts) if type == "ALL" else AnyOf(parts)


def opposite(rule: Rule) -> Rule:
    """The rule that is met where this one is not, with "not" as far out as it can be."""
    if isinstance(rule, Not):
        return rule.rule
    if isinstance(rule, AllOf | AnyOf) and all(isinstance(one, Not | AllOf | AnyOf) for one in rule.rules):
        inner = tuple(opposite(one) for one in rule.rules)
        return AnyOf(inner) if isinstance(rule, AllOf) else AllOf(inner)
    return Not(rule)
