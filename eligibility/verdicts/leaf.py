"""What holds of one leaf that facts decide, for one patient: the judge of every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eligibility.rules.rule import Changed, Graded, Measured, Present, Rule
from eligibility.verdicts.changed import judge_changed
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.graded import judge_graded
from eligibility.verdicts.measured import judge_measured
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.present import judge_present
from eligibility.verdicts.verdict import Verdict

LEAVES: dict[type[Rule], Callable[[Any, Facts, Policy], Verdict]] = {
    Measured: judge_measured,
    Graded: judge_graded,
    Changed: judge_changed,
    Present: judge_present,
}
