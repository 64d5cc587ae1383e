"""Cohort definitions of OHDSI Circe: its JSON, piece by piece."""
