"""Code systems: what records call them, by FHIR address, OID or name, and what the tables call them."""

from __future__ import annotations

SYSTEMS = {
    "http://loinc.org": "LOINC",
    "loinc": "LOINC",
    "urn:oid:2.16.840.1.113883.6.1": "LOINC",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10-CM",
    "urn:oid:2.16.840.1.113883.6.90": "ICD-10-CM",
    "icd-10-cm": "ICD-10-CM",
    "icd10cm": "ICD-10-CM",
    "icd-10": "ICD-10-CM",
    "icd10": "ICD-10-CM",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "rxnorm": "RxNorm",
    "urn:oid:2.16.840.1.113883.6.88": "RxNorm",
    "http://www.whocc.no/atc": "ATC",
    "atc": "ATC",
    "urn:oid:2.16.840.1.113883.6.73": "ATC",
    "http://snomed.info/sct": "SNOMED CT",
    "snomed ct": "SNOMED CT",
    "snomed": "SNOMED CT",
    "urn:oid:2.16.840.1.113883.6.96": "SNOMED CT",
}
HIERARCHICAL = frozenset(("ICD-10-CM", "ATC"))
