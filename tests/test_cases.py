"""Every shipped case, one test each: language, meaning and outcome."""

from __future__ import annotations

import pytest

from eligibility.cases import AnyCase, find_cases, run_case

CASES = find_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: AnyCase) -> None:
    """What it says is what it means, and every patient gets its verdict."""
    assert "\n".join(run_case(case).differences) == ""
