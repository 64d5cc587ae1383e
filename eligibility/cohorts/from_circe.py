"""Cohort definitions of OHDSI Circe: each inclusion rule is a criterion, in the kernel's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from eligibility.cohorts.groups import Groups, opposite
from eligibility.cohorts.named_sets import NamedSets
from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Measured, Present, Rule, Unclear
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import Vocabulary

# How an export names its rules; the description has the words.
_OURS = re.compile(r"(inclusion|exclusion) ([\w.-]{1,40}): ")
_MOST_NAME = 5_000


def from_circe(data: dict[str, Any], name: str, words: Vocabulary) -> Rulebook:
    """The definition as a rulebook; `name` is what the trial is called where the definition has no title."""
    groups = Groups(NamedSets(data.get("ConceptSets"), words), words)
    title = " ".join(str(data.get("Title") or "").split())
    id, _, rest = title.partition(" ")
    trial = Trial(re.sub(r"\s+", "_", id or name), rest, source=name)
    rules = data.get("InclusionRules")
    entry = [*_entry(data, groups)]
    at_entry = bool(entry)
    listed = [one for one in rules if isinstance(one, dict)] if isinstance(rules, list) else []
    lines = entry + [_line(number, one, groups, at_entry) for number, one in enumerate(listed, 1)]
    return Rulebook(trial, tuple(_once(lines)))


def _line(number: int, given: dict[str, Any], groups: Groups, at_entry: bool) -> Line:
    name, words = (str(given.get(key) or "")[:_MOST_NAME] for key in ("name", "description"))
    ours = _OURS.match(name)
    side = cast(Side, ours[1] if ours else "inclusion")
    text = (words if ours and words else name or words or f"rule {number}").strip() or f"rule {number}"
    rule = groups.rule(given.get("expression"))
    rule = Unclear(text, "counted from the event of entry") if at_entry and _is_timed(rule) else rule
    asked = opposite(rule) if side == "exclusion" else rule
    return Line(Criterion(ours[2] if ours else f"C{number}", side, text), asked)


def _is_timed(rule: Rule) -> bool:
    """Whether a window counts from the index date, which is the day to judge by only where there is no other."""
    return any(isinstance(one, Measured | Present) and one.window is not None for one in leaves(rule))


def _entry(data: dict[str, Any], groups: Groups) -> Iterator[Line]:
    """What a person needs to enter at all: an event, other criteria, time observed before it."""
    primary = data.get("PrimaryCriteria")
    given: dict[str, Any] = primary if isinstance(primary, dict) else {}
    events = given.get("CriteriaList")
    listed = events if isinstance(events, list) else []
    if [*_domains(listed)] != ["ObservationPeriod"]:
        ever = {"Start": {"Coeff": -1}, "End": {"Days": 0, "Coeff": 1}}
        some = {"Occurrence": {"Type": 2, "Count": 1}, "StartWindow": ever}
        rule = groups.rule({"Type": "ANY", "CriteriaList": [{"Criteria": one} | some for one in listed]})
        yield Line(Criterion("entry", "inclusion", "Event of entry"), rule)
    if data.get("AdditionalCriteria"):
        rule = groups.rule(data["AdditionalCriteria"])
        timed = Unclear("Additional criteria", "counted from the event of entry")
        yield Line(Criterion("additional", "inclusion", "Additional criteria"), timed if _is_timed(rule) else rule)
    window = given.get("ObservationWindow")
    if isinstance(window, dict) and (window.get("PriorDays") or window.get("PostDays")):
        text = f"Observed for {window.get('PriorDays') or 0} days before and {window.get('PostDays') or 0} after"
        yield Line(Criterion("observed", "inclusion", text), Unclear(text, "how long a person is observed is not read"))
    calendar = data.get("CensorWindow")
    if calendar and (not isinstance(calendar, dict) or any(calendar.values())):
        text = "Cohort dates lie in a window of the calendar"
        yield Line(Criterion("calendar", "inclusion", text), Unclear(text, "dates of entry are not read"))


def _domains(events: list[Any]) -> Iterator[str]:
    for one in events:
        yield from one if isinstance(one, dict) else ("",)


def _once(lines: list[Line]) -> Iterator[Line]:
    """Ids that are used twice get a number."""
    seen: set[str] = set()
    for line in lines:
        id, number = line.criterion.id, 1
        while id in seen:
            number += 1
            id = f"{line.criterion.id}.{number}"
        seen.add(id)
        criterion = line.criterion
        yield Line(Criterion(id, criterion.side, criterion.text), line.rule)
