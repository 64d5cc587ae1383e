"""The verb of this station: a trial → what a coordinator should look at again in its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from eligibility.checks.by_facts import by_facts
from eligibility.checks.by_levels import by_levels
from eligibility.checks.by_limits import by_limits
from eligibility.checks.by_polarity import by_polarity
from eligibility.checks.by_record import by_record
from eligibility.checks.by_repeats import by_repeats
from eligibility.checks.by_scales import by_scales
from eligibility.checks.by_units import by_units
from eligibility.checks.demand import demands
from eligibility.checks.finding import KINDS, Finding
from eligibility.checks.material import Material
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.tables import vocabulary as shipped_words

WAYS: dict[str, Callable[[Material], Iterator[Finding]]] = {
    "limits": by_limits,
    "levels": by_levels,
    "facts": by_facts,
    "scales": by_scales,
    "units": by_units,
    "polarity": by_polarity,
    "record": by_record,
    "repeats": by_repeats,
}


def check(trial: Trial | Rulebook, vocabulary: Vocabulary | None = None) -> list[Finding]:
    """What is contradictory, impossible, odd, repeated or at odds with the record, the gravest kinds first.

    A trial is read first; a rulebook is checked as it stands. `vocabulary` has a site's own rows (default: the shipped
    tables). Of one thing in one trial the first 200 limits are compared with each other. Nothing found is an empty
    list; what was not understood decides nothing. Raises nothing on any text.
    """
    book = rulebook(trial, vocabulary) if isinstance(trial, Trial) else trial
    asked = demands(book)
    written = tuple(one for one in asked if one.criterion.source != "record")
    recorded = tuple(one for one in asked if one.criterion.source == "record")
    words = vocabulary if vocabulary is not None else shipped_words()
    material = Material(book, written, recorded, words, vocabulary)
    found = _merged(finding for way in WAYS.values() for finding in way(material))
    return sorted(found, key=lambda finding: KINDS.index(finding.kind))


def _merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """What is found twice in the same criteria, to be checked alike, is one finding about several things."""
    merged: dict[object, Finding] = {}
    for new in findings:
        key = (new.kind, new.criteria, new.check)
        old = merged.get(key, new)
        quotes, about = (*old.quotes, *new.quotes), (*old.about, *new.about)
        why = " ".join(dict.fromkeys((old.why, new.why)))
        merged[key] = replace(old, quotes=tuple(dict.fromkeys(quotes)), about=tuple(dict.fromkeys(about)), why=why)
    return merged.values()
