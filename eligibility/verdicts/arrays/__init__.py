"""Many rules over one patient: distinct leaves as rows of columns, the logic above them as arrays of indices."""
