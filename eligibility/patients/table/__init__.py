"""Tables of patients: their rows and columns, read as what they say of whom."""
