"""`graded`: a scale is at one of these levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eligibility.patients.levels import values_of
from eligibility.patients.patient import FEMALE_ONLY, UNREAD, Grade
from eligibility.rules.rule import Graded
from eligibility.verdicts.absence import absent
from eligibility.verdicts.facts import Facts, Level
from eligibility.verdicts.opinion import MET, NOT_MET, Opinion, unknown, unread, weigh
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence, Missing, Verdict
from eligibility.vocabulary.results import NEGATIVE

# Scales that grade an event: a patient has as many grades as events, and no record says which is meant.
EVENT_SCALES = frozenset(("ctcae_grade",))


def judge_graded(rule: Graded, facts: Facts, policy: Policy) -> Verdict:
    """Met when every level the patient can be at is one of the rule's, not met when none is."""
    if rule.scale == "sex":
        return _judge_sex(rule, facts)
    if rule.scale in EVENT_SCALES:
        return unknown(rule.scale, "missing", rule.span, "which event the grade is of is not recorded")
    if rule.scale not in facts.words:
        return unknown(rule.scale, "missing", rule.span, "the vocabulary does not know it")
    wanted = frozenset(rule.levels)

    def test(level: Level) -> Opinion:
        if wanted.issuperset(level.grade.levels):
            return MET
        if level.grade.note == UNREAD:
            return Opinion("unknown", "missing", unread(level.when))
        detail = f"it can be {' or '.join(level.grade.levels)}"
        return NOT_MET if wanted.isdisjoint(level.grade.levels) else Opinion("unknown", "missing", detail)

    def extreme(which: str, levels: Sequence[Level], complete: bool) -> Level | None:
        return _extreme(which, levels, complete, values_of(facts.words[rule.scale]))

    levels = facts.levels(rule.scale)
    if not levels and (denial := _not_to_be(rule.scale, facts)):
        return Verdict("met" if NEGATIVE in wanted else "not_met", (denial,))
    if not levels and (none := _none_of_it(rule.scale, facts, policy)):
        return Verdict("met" if none.value in wanted else "not_met", (none,))
    days = policy.days(rule.scale, scale=True, own=facts.words[rule.scale].lasting)
    return weigh(rule, rule.scale, levels, facts, days, test, _evidence, extreme, "scales")


def _none_of_it(scale: str, facts: Facts, policy: Policy) -> Evidence | None:
    """The lowest level, where the scale is a condition by its name and the patient surely has no such condition."""
    word = facts.words.get(scale)
    if word is None or not word.bare:
        return None
    absence = absent("condition", scale, facts, policy)
    return replace(absence, fact=scale, value=values_of(word)[0]) if isinstance(absence, Evidence) else None


def _not_to_be(scale: str, facts: Facts) -> Evidence | None:
    """Why a test needs no doing: what it is of cannot be there, as no man is pregnant."""
    of = facts.words[scale].of
    if of in FEMALE_ONLY and facts.is_male:
        return Evidence("sex", "male", source="sex")
    denial = facts.denial(of) if of else None
    return Evidence(denial.concept, "yes", source=denial.source) if denial else None


def _judge_sex(rule: Graded, facts: Facts) -> Verdict:
    sex, wanted = facts.patient.sex, rule.levels
    if sex is None:
        return _sex_by_state(rule, facts)
    if sex == "male" and not facts.is_male:
        return contested("sex", rule.span, facts)
    either = {"male", "female"}.issubset(wanted)
    if sex == "other" and "other" not in wanted and not either:
        evidence = (Evidence("sex", sex, source="sex"),)
        return Verdict("unknown", evidence, (Missing("sex", "missing", rule.span, "it is recorded as other"),))
    return Verdict("met" if either or sex in wanted else "not_met", (Evidence("sex", sex, source="sex"),))


def _extreme(which: str, levels: Sequence[Level], complete: bool, order: tuple[str, ...]) -> Level | None:
    """The mildest (min) or the most severe (max) level; beyond it any, where not every reading is recorded."""
    if not levels:
        return None
    ranks = [[order.index(value) for value in level.grade.levels] for level in levels]
    if which == "min":
        pick = min(range(len(levels)), key=lambda index: max(ranks[index]))
        low, high = (min(map(min, ranks)) if complete else 0), max(ranks[pick])
    else:
        pick = max(range(len(levels)), key=lambda index: min(ranks[index]))
        low, high = min(ranks[pick]), (max(map(max, ranks)) if complete else len(order) - 1)
    return Level(replace(levels[pick].grade, levels=order[low : high + 1]))


def _evidence(level: Level) -> Evidence:
    grade: Grade = level.grade
    date = grade.when.text if grade.when else None
    shown = " or ".join(grade.levels)
    value = grade.text or shown
    compared = None if value == shown else shown
    return Evidence(grade.scale, value, None, date, grade.source, compared, grade.derived_from, None, grade.note)


def _sex_by_state(rule: Graded, facts: Facts) -> Verdict:
    """Who is or was pregnant, breast-feeding or past the menopause is a woman, though the profile does not say so."""
    if state := facts.of_a_woman:
        evidence = Evidence("sex", "female", source="states", derived_from=(state.concept,))
        return Verdict("met" if "female" in rule.levels else "not_met", (evidence,))
    return unknown("sex", "missing", rule.span)


def contested(fact: str, span: tuple[int, int] | None, facts: Facts) -> Verdict:
    """A man on record, and a record of what only women are: nobody knows which one is wrong."""
    state = facts.of_a_woman
    evidence = [Evidence("sex", str(facts.patient.sex), source="sex")]
    evidence += [Evidence(state.concept, state.status, source=state.source)] if state else []
    detail = "the sex on record contradicts another record"
    return Verdict("unknown", tuple(evidence), (Missing(fact, "conflict", span, detail),))
