"""Verdicts: rules and patients meet here; what holds, what fails, what is unknown, and why."""
