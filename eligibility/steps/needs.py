"""What must be found out to settle an open test: the fact it asks for, or what that is computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from eligibility.derived.derive import GIVEN_BY
from eligibility.derived.formula import Formula
from eligibility.derived.stages import STAGED
from eligibility.patients.levels import values_of
from eligibility.patients.patient import Finding, Patient, StatedAge
from eligibility.rules.rule import Graded, Leaf, Measured
from eligibility.steps.next_steps import Subject
from eligibility.steps.supposing import subject_of, suppositions, with_finding, with_level, with_value
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.windows import timely

# What formulas ask of a patient besides values, as facts; race and the like are never asked for.
_GIVENS: dict[str, Subject] = {
    "dialysis": Subject("state", "dialysis"),
    "female": Subject("sex", "sex"),
    "female_or_young": Subject("sex", "sex"),
    "age": Subject("age", "age"),
    "ascites": Subject("scale", "ascites_grade"),
    "encephalopathy": Subject("scale", "hepatic_encephalopathy_grade"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """The facts that settle a test together; `computed` when it asks for what follows from them."""

    subjects: frozenset[Subject]
    computed: bool = False


class Needs:
    """What one patient's open tests need; every answer is tried on the judge."""

    def __init__(self, facts: Facts, policy: Policy) -> None:
        """Tries nothing yet."""
        self._facts, self._policy = facts, policy
        self._known: dict[Leaf, Need | None] = {}
        self._still: dict[Leaf, str] = {}

    def of(self, leaf: Leaf) -> Need | None:
        """The facts, None when no record of today would settle the test."""
        if leaf not in self._known:
            self._known[leaf] = self._from_formulas(leaf) or self._itself(leaf)
        return self._known[leaf]

    def why_not(self, leaf: Leaf) -> str:
        """Why the test is open even with a record of today, "" when nothing more is known of that."""
        return self._still.get(leaf, "")

    def _itself(self, leaf: Leaf) -> Need | None:
        tried = suppositions(leaf, self._facts.patient, self._facts.words)
        return Need(frozenset((subject_of(leaf),))) if any(self._settles(leaf, one) for one in tried) else None

    def _settles(self, leaf: Leaf, patient: Patient) -> bool:
        facts = Facts(patient, self._facts.vocabulary, self._facts.assumed)
        verdict = LEAVES[type(leaf)](leaf, facts, self._policy)
        self._still[leaf] = next((gap.detail for gap in verdict.missing), "")
        return verdict.truth != "unknown"

    def _from_formulas(self, leaf: Leaf) -> Need | None:
        for formula in GIVEN_BY.get(_computed(leaf, self._facts), ()):
            for subjects in self._bundles(formula):
                if subjects and self._settles(leaf, self._with(subjects)):
                    return Need(frozenset(self._fewest(leaf, subjects)), computed=True)
        return None

    def _bundles(self, formula: Formula) -> Iterator[list[Subject]]:
        """What may be lacking: inputs that are not recorded or too old, what else the formula asks for, everything."""
        inputs = [Subject("measurement", row.key) for row in formula.inputs]
        about = [_GIVENS[name] for name in formula.about if name in _GIVENS]
        lacking = [one for one in inputs if not self._has(one.key)]
        yield from (lacking, [*lacking, *about], inputs, [*inputs, *about])

    def _has(self, variable: str) -> bool:
        days, as_of = self._policy.days(variable, scale=False), self._facts.patient.as_of
        rows = (row for row in self._facts.readings(variable) if row.value is not None)
        return any(timely(row.when, None, as_of, days) == "met" for row in rows)

    def _fewest(self, leaf: Leaf, subjects: list[Subject]) -> list[Subject]:
        """The bundle without what it can do without."""
        for one in tuple(subjects):
            rest = [other for other in subjects if other != one]
            if rest and self._settles(leaf, self._with(rest)):
                subjects = rest
        return subjects

    def _with(self, subjects: Iterable[Subject]) -> Patient:
        patient = self._facts.patient
        for one in subjects:
            patient = self._telling(patient, one)
        return patient

    def _telling(self, patient: Patient, subject: Subject) -> Patient:
        words = self._facts.words
        ways: dict[str, Callable[[], Patient]] = {
            "measurement": lambda: with_value(patient, words[subject.key]),
            "scale": lambda: with_level(patient, subject.key, values_of(words[subject.key])[0]),
            "state": lambda: with_finding(patient, Finding("state", subject.key, status="refuted")),
            "sex": lambda: replace(patient, sex="female"),
            "age": lambda: replace(patient, age=StatedAge(40), birth_date=None),
        }
        return ways[subject.sort]()


def _computed(leaf: Leaf, facts: Facts) -> str:
    """The quantity by whose formulas a test may be settled, "" when there is none."""
    if isinstance(leaf, Measured):
        return leaf.variable
    if isinstance(leaf, Graded):
        word = facts.words.get(leaf.scale)
        return STAGED.get(leaf.scale) or (word.score if word and word.score else "")
    return ""
