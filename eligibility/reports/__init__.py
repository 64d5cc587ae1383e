"""Reports: what was found for one patient, shown as text, on a terminal, as an explanation or as JSON."""
