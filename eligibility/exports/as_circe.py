"""A trial as a cohort definition of OHDSI Circe (ATLAS, CohortGenerator): JSON, one inclusion rule a criterion."""

from __future__ import annotations

import json
from datetime import date

from eligibility.exports.circe.group import Json, Part, group
from eligibility.exports.circe.rules import part_of
from eligibility.exports.circe.sets import ConceptSets
from eligibility.exports.loss import Export, Loss, LossReport, in_order
from eligibility.exports.setting import Setting
from eligibility.rules.rulebook import Line, Rulebook

_NAMED = 80
# Circe counts the rules of a patient as bits of a 64-bit number.
_MOST_RULES = 60


def as_circe(book: Rulebook, setting: Setting) -> Export:
    """Whoever is observed on the day to judge by, and fulfils an inclusion rule for each criterion that can be said."""
    sets = ConceptSets(setting)
    parts = [(line, _part(line, sets)) for line in book.lines]
    rules = [_rule(line, part.group) for line, part in parts if part.group is not None]
    text = json.dumps(_definition(book, rules, sets), ensure_ascii=False, indent=2) + "\n"
    losses = tuple(_loss(line, part) for line, part in parts)
    return Export(text, LossReport(book.trial.id, "circe", losses, sets.needed))


def _part(line: Line, sets: ConceptSets) -> Part:
    """What it takes to pass; what would let some in and turn others away wrongly is left out."""
    cohort = line.criterion.cohort
    if cohort is not None:
        return Part(None, frozenset(("weaker",)), (f"binds only the cohort “{cohort}”",))
    made = part_of(line.rule, line.criterion.side == "inclusion", sets)
    return Part(None, made.gone, made.why) if len(made.gone) == 2 else made


def _loss(line: Line, part: Part) -> Loss:
    if part.group is None:
        return Loss(line.criterion, "not-expressible", part.why)
    assumed = in_order({*part.assuming, "observed"})  # the index date lies in a period of observation
    if "weaker" in part.gone:
        return Loss(line.criterion, "weaker", part.why, assumed)
    if "stronger" in part.gone:
        return Loss(line.criterion, "stronger", part.why, assumed)
    return Loss(line.criterion, "exact-assuming", part.why, assumed)


def _rule(line: Line, expression: Json) -> Json:
    words = " ".join(line.criterion.text.split())
    shown = words if len(words) <= _NAMED else f"{words[: _NAMED - 1]}…"
    name = f"{line.criterion.side} {line.criterion.id}: {shown}"
    return {"name": name, "description": line.criterion.text, "expression": expression}


def _definition(book: Rulebook, rules: list[Json], sets: ConceptSets) -> Json:
    first, rest = rules[: _MOST_RULES - 1], rules[_MOST_RULES - 1 :]
    if len(rest) > 1:
        joined = group("ALL", Groups=[rule["expression"] for rule in rest])
        rest = [{"name": "the other criteria", "description": "", "expression": joined}]
    return {
        "cdmVersionRange": ">=5.0.0",
        "Title": f"{book.trial.id} {' '.join(book.trial.title.split())}".strip(),
        "PrimaryCriteria": {
            "CriteriaList": [{"ObservationPeriod": _index(sets.setting.as_of)}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "First" if sets.setting.as_of else "Last"},
        },
        "ConceptSets": sets.as_json(),
        "QualifiedLimit": {"Type": "First"},
        "ExpressionLimit": {"Type": "First"},
        "InclusionRules": [*first, *rest],
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
        "CensorWindow": {},
    }


def _index(as_of: date | None) -> Json:
    """The day to judge by: one day of the observation, or its last one."""
    if as_of is not None:
        return {"UserDefinedPeriod": {"StartDate": as_of.isoformat(), "EndDate": as_of.isoformat()}}
    return {"DateAdjustment": {"StartWith": "END_DATE", "StartOffset": 0, "EndWith": "END_DATE", "EndOffset": 0}}
