"""Published formulas as pure functions: plain numbers in stated units in, a number out; a file a subject."""
