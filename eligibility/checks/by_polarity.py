"""An exclusion that turns the healthy away: often a required value on the wrong list. Never read the other way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from eligibility.checks.demand import Demand
from eligibility.checks.finding import Finding
from eligibility.checks.material import Material, short_label
from eligibility.checks.reach import RELATIVE, Reach, reach_of
from eligibility.rules.rule import Measured
from eligibility.vocabulary.word import Word

# Blood counts, electrolytes, liver, kidney and clotting: what trials ask to be sound. Of weight, glucose, lipids and
# pressure the healthy are turned away on purpose.
SOUND = frozenset(
    (
        *("anc", "wbc", "alc", "platelets", "hemoglobin", "alt", "ast", "alp", "ggt", "total_bilirubin", "albumin"),
        *("direct_bilirubin", "creatinine", "creatinine_clearance", "bun", "sodium", "potassium", "calcium"),
        *("magnesium", "inr", "aptt", "prothrombin_time", "fibrinogen", "spo2"),
    )
)
# Who turns away what is just normal wants the sick ("Hb > 12"); who turns away more has most often the wrong list.
_MARGIN = 0.15
# The tables have no reference interval where it differs by sex: here from the lower of the two to the higher.
_BY_SEX: dict[str, tuple[float, float, str]] = {"hemoglobin": (12.0, 17.0, "g/dL"), "creatinine": (0.5, 1.3, "mg/dL")}


def by_polarity(material: Material) -> Iterator[Finding]:
    """Every exclusion whose limits hold all healthy values of an organ's function.

    Where the same criterion turns away what is beyond another limit too ("< 7 or > 10.5"), a range is asked for.
    """
    asked = Counter(_what(demand) for demand in material.demands)
    for demand in material.demands:
        if asked[_what(demand)] > 1:
            continue
        if isinstance(demand.leaf, Measured) and demand.leaf.variable in SOUND and demand.side == "exclusion":
            word = material.words.words[demand.leaf.variable]
            reach = reach_of(demand, word) if demand.forbidden else None
            if reach and _holds_the_healthy(reach, word):
                why = "Among the exclusions, this turns every healthy value away."
                check = "Whether it belongs among the inclusions, or its sign or unit is wrong."
                yield Finding("polarity-suspect", (demand.quote,), (short_label(word),), why, check)


def _what(demand: Demand) -> tuple[str, str]:
    return demand.criterion.id, demand.leaf.variable if isinstance(demand.leaf, Measured) else ""


def _holds_the_healthy(reach: Reach, word: Word) -> bool:
    if reach.unit in RELATIVE:
        low, high = {"ULN": (None, 1.0), "LLN": (1.0, None)}.get(reach.unit or "", (None, None))
    else:
        low, high, _ = _BY_SEX.get(word.key) or word.reference or (None, None, None)
    if low is None and high is None:
        return False
    first, last = -math.inf if low is None else low, math.inf if high is None else high
    return reach.low[0] <= first * (1 - _MARGIN) and last * (1 + _MARGIN) <= reach.high[0]
