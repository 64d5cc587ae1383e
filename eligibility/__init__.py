"""Clinical-trial eligibility criteria as rules, and patients matched against them, offline.

    import eligibility as el

    trial = el.read_trial("NCT05940610.json")
    report = el.match(el.read_patient("patient.json"), [trial])

The names below are the public face. Each is loaded when it is first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eligibility.checks.check import check as check
    from eligibility.checks.finding import Finding as Finding
    from eligibility.criteria.criterion import Criterion as Criterion
    from eligibility.criteria.segment import segment as segment
    from eligibility.errors import EligibilityError as EligibilityError
    from eligibility.errors import InputError as InputError
    from eligibility.errors import TableError as TableError
    from eligibility.exports.export import export as export
    from eligibility.matching import match as match
    from eligibility.matching import next_steps as next_steps
    from eligibility.patients.patient import Patient as Patient
    from eligibility.patients.read import read_patient as read_patient
    from eligibility.patients.read import read_patients as read_patients
    from eligibility.registry.index import index as index
    from eligibility.registry.match import match_registry as match_registry
    from eligibility.registry.next import next_in_registry as next_in_registry
    from eligibility.registry.registry import Registry as Registry
    from eligibility.registry.registry import read_registry as read_registry
    from eligibility.reports.as_html import as_html as as_html
    from eligibility.reports.as_html import write_html as write_html
    from eligibility.reports.redacting import redacted as redacted
    from eligibility.reports.report import Report as Report
    from eligibility.reports.screening import Screening as Screening
    from eligibility.reports.screening_as_html import write_screening as write_screening
    from eligibility.reports.screening_log import write_log as write_log
    from eligibility.rules.notation import notation as notation
    from eligibility.rules.notation import read_rule as read_rule
    from eligibility.rules.parse import parse as parse
    from eligibility.rules.rule import Rule as Rule
    from eligibility.rules.rulebook import Rulebook as Rulebook
    from eligibility.rules.rulebook import read_rulebook as read_rulebook
    from eligibility.rules.rulebook import rulebook as rulebook
    from eligibility.rules.rulebook import write_rulebook as write_rulebook
    from eligibility.screening.screen import screen as screen
    from eligibility.steps.next_steps import NextSteps as NextSteps
    from eligibility.steps.what_if import what_if as what_if
    from eligibility.trials.read import read_trial as read_trial
    from eligibility.trials.read import read_trials as read_trials
    from eligibility.trials.trial import Trial as Trial
    from eligibility.verdicts.judge import judge as judge
    from eligibility.verdicts.policy import Policy as Policy
    from eligibility.verdicts.policy_file import read_policy as read_policy
    from eligibility.verdicts.verdict import CriterionVerdict as CriterionVerdict
    from eligibility.verdicts.verdict import TrialVerdict as TrialVerdict
    from eligibility.verdicts.verdict import Verdict as Verdict
    from eligibility.vocabulary.tables import read_vocabulary as read_vocabulary

_HOMES = {
    "checks.check": ("check",),
    "checks.finding": ("Finding",),
    "criteria.criterion": ("Criterion",),
    "criteria.segment": ("segment",),
    "errors": ("EligibilityError", "InputError", "TableError"),
    "exports.export": ("export",),
    "matching": ("match", "next_steps"),
    "patients.patient": ("Patient",),
    "patients.read": ("read_patient", "read_patients"),
    "registry.index": ("index",),
    "registry.match": ("match_registry",),
    "registry.next": ("next_in_registry",),
    "registry.registry": ("Registry", "read_registry"),
    "reports.as_html": ("as_html", "write_html"),
    "reports.redacting": ("redacted",),
    "reports.report": ("Report",),
    "reports.screening": ("Screening",),
    "reports.screening_as_html": ("write_screening",),
    "reports.screening_log": ("write_log",),
    "rules.notation": ("notation", "read_rule"),
    "rules.parse": ("parse",),
    "rules.rule": ("Rule",),
    "rules.rulebook": ("Rulebook", "read_rulebook", "rulebook", "write_rulebook"),
    "screening.screen": ("screen",),
    "steps.next_steps": ("NextSteps",),
    "steps.what_if": ("what_if",),
    "trials.read": ("read_trial", "read_trials"),
    "trials.trial": ("Trial",),
    "verdicts.judge": ("judge",),
    "verdicts.policy": ("Policy",),
    "verdicts.policy_file": ("read_policy",),
    "verdicts.verdict": ("CriterionVerdict", "TrialVerdict", "Verdict"),
    "vocabulary.tables": ("read_vocabulary",),
}
_HOME = {name: f"{__name__}.{module}" for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
