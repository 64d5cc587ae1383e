"""What holds of a leaf for a patient, as a number: all that the logic above the leaf must know of its verdict."""

from __future__ import annotations

from eligibility.verdicts.verdict import FACT_REASONS, Verdict

# unknown since only a person can say; met; not met; unknown for want of a fact
OPEN, MET, NOT_MET, LACKING = range(4)


def code_of(verdict: Verdict) -> int:
    """The code of a verdict of the tree."""
    if verdict.truth != "unknown":
        return MET if verdict.truth == "met" else NOT_MET
    return LACKING if any(gap.reason in FACT_REASONS for gap in verdict.missing) else OPEN
