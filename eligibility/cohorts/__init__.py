"""Cohort definitions of other engines as rulebooks, so that they can be explained, matched and screened here."""
