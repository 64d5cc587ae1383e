"""A condition, treatment or state that is asked for and excluded, or turned away twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from eligibility.checks.demand import Demand
from eligibility.checks.finding import ONCE, RESTATED, Finding
from eligibility.checks.material import COMPARED, Material, short_label
from eligibility.checks.sections import Section
from eligibility.rules.rule import Present

# "CKD subjects" and "Healthy volunteers" may head the criteria of a group.
_HEADING = re.compile(r"\b(?:subjects|volunteers|patients|participants|controls)\W*$", re.IGNORECASE)


def by_facts(material: Material) -> Iterator[Finding]:
    """Every fact that an inclusion and an exclusion of one list speak of in bare words and that they share."""
    groups: dict[tuple[Present, Section], list[Demand]] = defaultdict(list)
    for demand in material.demands:
        if demand.plain and demand.bare and isinstance(demand.leaf, Present):
            groups[demand.leaf, demand.section].append(demand)
    for (fact, section), group in groups.items():
        word = material.words.words.get(fact.concept)
        about = (short_label(word) if word else fact.concept.replace("_", " "),)
        inclusions = [one for one in group if one.side == "inclusion"][:COMPARED]
        exclusions = [one for one in group if one.side == "exclusion" and one.forbidden][:COMPARED]
        for first, second in product(inclusions, exclusions):
            quotes = (first.quote, second.quote)
            if first.forbidden:
                yield Finding("restates-inclusion", quotes, about, RESTATED, ONCE)
            elif first.whole and second.whole and not _HEADING.search(first.criterion.text) and section.cohort is None:
                why = "The inclusion asks for it and the exclusion turns it away, so nobody can take part."
                yield Finding("contradiction", quotes, about, why, "On which of the two sides it belongs.")
