"""The verb of this station: trials against a population, in memory that does not grow with it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients.patient import Patient
from eligibility.reports.screening import Screening
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.trials.trial import Trial
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import Outcome
from eligibility.vocabulary.tables import vocabulary as shipped

if TYPE_CHECKING:
    from eligibility.screening.candidates import Candidate
    from eligibility.vocabulary.tables import Vocabulary

CANDIDATES: tuple[Outcome, ...] = ("eligible", "potentially_eligible")
_PACKAGES = ("numpy", "duckdb")
_OBJECTS = 100_000  # that are made before the youngest are looked through for circles


def screen(
    trials: Trial | Rulebook | Iterable[Trial | Rulebook],
    population: str | Path,
    *,
    output: str | Path | None = None,
    outcomes: Sequence[Outcome] = CANDIDATES,
    attrition: bool = True,
    format: str | None = None,
    as_of: date | None = None,
    policy: Policy = DEFAULT,
    vocabulary: Vocabulary | None = None,
    others: bool = False,
    answered: Callable[[Patient], Patient] | None = None,
    on_fault: Callable[[InputError], None] | None = None,
    listing: Callable[[Sequence[Candidate]], None] | None = None,
) -> Screening:
    """How many patients of a population each trial finds eligible, and where it loses the others.

    `population` is what `read_patients` reads: a table (CSV, Parquet), OMOP, a folder of FHIR, profiles. With `output`
    (.csv or .parquet) every patient with one of `outcomes` is listed there, a row a trial; `listing` takes the same
    rows (patient, trial, outcome, score, cohort) while patients are judged. `attrition` counts each
    criterion, and what loosening it would gain. `answered` adds answers to a patient. What cannot be read goes to
    `on_fault`, and the rest is still judged; without `on_fault` an InputError tells of all of it at the end,
    and no list is written. Raises InputError too when numpy or duckdb are not installed.
    """
    refuse_without_packages(str(population))
    from eligibility.population.read import read_population
    from eligibility.screening.candidates import candidates, for_both
    from eligibility.screening.counting import counted

    words = vocabulary if vocabulary is not None else shipped()
    given = (trials,) if isinstance(trials, Trial | Rulebook) else trials
    books = [one if isinstance(one, Rulebook) else rulebook(one, words) for one in given]
    held: list[InputError] = []
    chunks = read_population(
        population,
        format=format,
        as_of=as_of,
        vocabulary=words,
        on_fault=on_fault or held.append,
        others=others,
        answered=answered,
    )
    with _seldom_collected(), candidates(Path(output)) if output is not None else nullcontext() as file:
        list_ = for_both(file, listing)
        screening = counted(
            books, chunks, policy, words, attrition=attrition, list_=list_, outcomes=frozenset(outcomes)
        )
        if held:
            raise InputError(str(population), *(fault for error in held for fault in error.faults))
    return screening


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Patients are many small objects without circles; to look for circles among them took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _OBJECTS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def refuse_without_packages(population: str) -> None:
    """Raises InputError, naming the extra to install, where screening cannot run."""
    lacking = [name for name in _PACKAGES if find_spec(name) is None]
    if lacking:
        problem = f"screening needs {' and '.join(lacking)}, not installed here"
        raise InputError(population, Fault("", problem, "pip install 'eligibility[population]'"))
