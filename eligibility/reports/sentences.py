"""One sentence a criterion, and one a trial: what is asked, what the record has, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eligibility.reports.requirements import requirement
from eligibility.reports.wording import label, one_line, why
from eligibility.rules.leaves import leaves
from eligibility.verdicts.outcome import lacks_fact
from eligibility.verdicts.verdict import FACT_REASONS, CriterionVerdict, TrialVerdict

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

_MOST_FACTS = 6
_MOST_NAMED = 8
_FOLLOWS = {"pass": "so the criterion passes", "fail": "so the criterion fails", "unresolved": "so it stays open"}


def sentence(row: CriterionVerdict, words: Mapping[str, Word]) -> str:
    """The requirement, the value and the reason: "Asks for MELD score of at most 30 — MELD score 24 on …, so …"."""
    if row.result == "not_applicable":
        return f"Does not apply: {'; '.join(why(row))}."
    asked = f"Asks for {requirement(row.rule, row.criterion.side == 'inclusion', words)}"
    if all(leaf.kind in ("judgement", "unclear") for leaf in leaves(row.rule)) and row.result == "unresolved":
        asked = f"Asks for what only a person can tell: {asked.removeprefix('Asks for ')}"
    told = why(row)
    more = f" and {len(told) - _MOST_FACTS} more" if len(told) > _MOST_FACTS else ""
    known = "; ".join(told[:_MOST_FACTS]) + more or "nothing needs to be known"
    return f"{asked} — {known}, {_FOLLOWS[row.result]}."


def outcome_sentence(verdict: TrialVerdict) -> str:
    """What decides the outcome of a trial: the criteria that fail, or lack a fact, or wait for a person."""
    rows = verdict.criteria
    if not rows:
        return "Undetermined: there are no criteria in the record."
    failing = [row.criterion.id for row in rows if row.result == "fail"]
    lacking = [row for row in rows if lacks_fact(row)]
    waiting = [row.criterion.id for row in rows if row.result == "unresolved" and not lacks_fact(row)]
    if verdict.outcome == "ineligible":
        return f"Ineligible, since {_listed(failing)} {'fails' if len(failing) == 1 else 'fail'}."
    if verdict.outcome == "undetermined":
        facts = dict.fromkeys(label(gap.fact) for row in lacking for gap in row.missing if gap.reason in FACT_REASONS)
        ids = [row.criterion.id for row in lacking]
        lack = "lacks" if len(ids) == 1 else "lack"
        return f"Undetermined, since {_listed(ids)} {lack} a fact: {_listed(list(facts))}."
    if verdict.outcome == "potentially_eligible":
        wait = "waits" if len(waiting) == 1 else "wait"
        return f"Potentially eligible: nothing fails and no fact is lacking; {_listed(waiting)} {wait} for a person."
    return "Eligible, since every criterion that applies passes."


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = [one_line(name) for name in names[:_MOST_NAMED]]
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
