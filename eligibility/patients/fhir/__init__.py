"""The resources of FHIR R4 that say something of a patient, one file a kind."""
