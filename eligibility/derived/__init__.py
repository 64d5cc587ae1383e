"""Values that follow from a patient's facts by published formulas: `derive` is the verb, `formulas/` the ways."""
