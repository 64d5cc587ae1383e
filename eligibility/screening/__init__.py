"""Trials against a population: `Screening` is the noun (with the reports, which show it), `screen` the verb."""
