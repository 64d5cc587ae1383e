"""How a patient's record was understood, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from eligibility.patients.patient import Patient
from eligibility.patients.survey import summary

SCHEMA_VERSION = "1.0"


def patient_to_dict(patient: Patient) -> dict[str, Any]:
    """One patient as plain JSON values: who, how many facts, and how every name and code was understood."""
    return {
        "schema_version": SCHEMA_VERSION,
        "patient": patient.id,
        "as_of": patient.as_of.isoformat() if patient.as_of else None,
        "sex": patient.sex,
        "birth_date": patient.birth_date.text if patient.birth_date else None,
        "died": patient.died.text if patient.died else None,
        "facts": {name.replace(" ", "_"): count for name, count in summary(patient).facts},
        "items": [asdict(item) for item in patient.items],
        "faults": [asdict(fault) for fault in patient.faults],
        "passed_over": dict(patient.passed_over),
    }
