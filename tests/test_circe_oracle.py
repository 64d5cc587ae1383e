"""What Circe finds with our definitions is what is judged here, wherever the data are as the loss report assumes.

The oracle is duckcdm, a Python port of OHDSI's circe-be: `pip install duckcdm`. Without it these tests are skipped.
"""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import eligibility as el
from eligibility.cohorts.from_circe import from_circe
from eligibility.criteria.criterion import Criterion
from eligibility.exports.loss import LossReport
from eligibility.exports.read_terms import read_terms
from eligibility.exports.setting import Setting
from eligibility.rules.leaves import leaves
from eligibility.rules.notation import notation
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Bound, Graded, Measured, Not, Present, Rule, Window
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import facts_of, judge
from eligibility.verdicts.policy import Policy
from eligibility.vocabulary.tables import vocabulary

circe = pytest.importorskip("duckcdm.circe", reason="the oracle of Circe is not installed (pip install duckcdm)")
omop = pytest.importorskip("duckcdm.omop")
sqlrender = pytest.importorskip("duckcdm.sqlrender")
pytestmark = pytest.mark.heavy

SHARED = Path(__file__).resolve().parents[2] / "shared" / "patients" / "omop"
ABSENT = Policy(assume_absent=frozenset(("conditions", "treatments", "procedures", "allergies", "states")))
LAST_DAY = date(2015, 12, 31)


@dataclass
class Cdm:
    """One database: for the oracle a connection, for us a path."""

    connection: Any
    path: Path

    def found(self, definition: dict[str, Any]) -> set[int]:
        """The persons whom Circe puts into the cohort."""
        sql = circe.build_cohort_query(
            json.dumps(definition), cdm_schema="main", target_table="res.cohort", cohort_id=1, result_schema="res"
        )
        self.connection.execute(sqlrender.translate(sqlrender.render(sql), "duckdb"))
        return {row[0] for row in self.connection.execute("SELECT DISTINCT subject_id FROM res.cohort").fetchall()}


def connected(path: Path, connection: Any) -> Cdm:
    connection.execute("CREATE SCHEMA IF NOT EXISTS res")
    columns = "cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE"
    connection.execute(f"CREATE OR REPLACE TABLE res.cohort ({columns})")
    return Cdm(connection, path)


def from_csv(path: Path, folder: Path) -> Cdm:
    """The tables of a folder, each column of the type that the CDM gives it; tables that are not there are empty."""
    import duckdb

    connection = duckdb.connect()
    files = {file.stem.casefold(): file for file in folder.glob("*.csv")}
    for table, columns in omop.cdm_fields().items():
        source = (
            f"read_csv('{files[table]}', header=true, all_varchar=true)" if table in files else "(SELECT 1) WHERE 1 = 0"
        )
        there = {row[0].casefold(): row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        cells = [
            f'TRY_CAST("{there[name]}" AS {kind}) AS {name}' if name in there else f"CAST(NULL AS {kind}) AS {name}"
            for name, kind in columns
        ]
        connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(cells)} FROM {source}")
    return connected(path, connection)


@dataclass
class Compared:
    """How many verdicts were compared by grade, and which disagree."""

    agreed: Counter[tuple[str, str]]
    wrong: list[str]


def compared(cdm: Cdm, rules: list[Rule], as_of: date) -> Compared:
    """Every rule as an inclusion and as an exclusion, of every person observed on the day: passed here and found there.

    What is unknown here is no verdict, so it is compared with nothing.
    """
    terms = read_terms(str(cdm.path), vocabulary())
    sides = ("inclusion", "exclusion")
    lines = [
        Line(Criterion(f"{side}{n}", "inclusion" if side == "inclusion" else "exclusion", notation(rule)), rule)
        for n, rule in enumerate(rules)
        for side in sides
    ]
    found: list[tuple[Line, Asked, set[int]]] = []
    outside = unlike_assumed(cdm)
    nothing: dict[str, Any] = {}
    for line in lines:
        made = el.export(Rulebook(Trial("T"), (line,)), to="circe", setting=Setting(as_of=as_of, terms=terms))
        definition = json.loads(made.text)
        if definition["InclusionRules"]:
            found.append((line, asked_of(made.loss), cdm.found(definition)))
            assert_read_back(definition, as_of, terms)
        nothing = definition | {"InclusionRules": []}
    return tally(cdm, found, cdm.found(nothing), as_of, outside)


Outside = dict[int, set[int]]


def unlike_assumed(cdm: Cdm) -> Outside:
    """By concept the persons with a condition that ended on its second day, or that began while nobody observed them."""
    observed = (
        "SELECT 1 FROM observation_period o WHERE o.person_id = c.person_id AND c.condition_start_date BETWEEN "
        "observation_period_start_date AND observation_period_end_date"
    )
    rows = cdm.connection.execute(
        "SELECT condition_concept_id, person_id FROM condition_occurrence c "
        f"WHERE condition_end_date = condition_start_date + 1 OR NOT EXISTS ({observed})"
    ).fetchall()
    found: Outside = {}
    for concept, person in rows:
        found.setdefault(concept, set()).add(person)
    return found


@dataclass
class Asked:
    """What one line loses, and the concepts whose records must be as `ended` and `begun` assume."""

    grade: str
    concepts: tuple[int, ...]


def asked_of(report: LossReport) -> Asked:
    (loss,) = report.lines
    ids = tuple(id for one in report.needed for id in one.concepts)
    return Asked(loss.grade, ids if {"ended", "begun"} & {*loss.assuming} else ())


def assert_read_back(definition: dict[str, Any], as_of: date, terms: Any) -> None:
    """A definition of ours, read and written again, asks for the same."""
    book = from_circe(definition, "T", vocabulary())
    if "unclear" in {leaf.kind for line in book.lines for leaf in leaves(line.rule)}:
        return
    again = json.loads(el.export(book, to="circe", setting=Setting(as_of=as_of, terms=terms)).text)
    assert with_ids(again) == with_ids(definition), notation(book.lines[0].rule)


def with_ids(definition: dict[str, Any]) -> Any:
    """The expressions, with the ids of concepts in the place of numbers of sets."""
    sets = {
        one["id"]: [item["concept"]["CONCEPT_ID"] for item in one["expression"]["items"]]
        for one in definition["ConceptSets"]
    }

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: sets[inner] if key == "CodesetId" or key.endswith("SourceConcept") else shown(inner)
                for key, inner in value.items()
            }
        return [shown(one) for one in value] if isinstance(value, list) else value

    return [shown(rule["expression"]) for rule in definition["InclusionRules"]]


def tally(
    cdm: Cdm, found: list[tuple[Line, Asked, set[int]]], observed: set[int], as_of: date, outside: Outside
) -> Compared:
    done = Compared(Counter(), [])
    for patient in el.read_patients(cdm.path, as_of=as_of):
        person = int(patient.id or 0)
        facts = facts_of(patient, policy=ABSENT)
        for line, loss, persons in found if person in observed else ():
            truth = judge(line.rule, facts, ABSENT).truth
            if truth == "unknown" or any(person in outside.get(id, ()) for id in loss.concepts):
                continue
            passed = (truth == "met") == (line.criterion.side == "inclusion")
            done.agreed[loss.grade, "pass" if passed else "fail"] += 1
            lets_in, turns_away = loss.grade == "weaker" and not passed, loss.grade == "stronger" and passed
            if passed != (person in persons) and not lets_in and not turns_away:
                done.wrong.append(f"{line.criterion.id} {notation(line.rule)}: person {person} passes {passed}")
    return done


def rules_of(path: Path, every: int) -> Iterator[Rule]:
    """Some of all that can be asked of what the database records."""
    terms = read_terms(str(path), vocabulary())
    asked: list[Rule] = []
    for key, places in sorted(terms.by_word.items()):
        fact = next((place.fact for place in places if place.fact), None)
        if fact is not None:
            windows = (None, Window("within", 6, "month"), Window("within", 5, "year"))
            asked += [
                Present(fact, key, status, window=window) for status in ("active", "history") for window in windows
            ]
    yield from asked[::every]
    # six rules ask for one thing: these ask for three things
    for one, two, three in zip(asked[:: 7 * every], asked[13 :: 7 * every], asked[27 :: 7 * every], strict=False):
        yield AllOf((one, Not(AnyOf((two, three)))))
        yield AtLeast(2, (one, two, three))
    yield from (Measured("age", Bound(18, "year"), Bound(65, "year", False)), Graded("sex", ("female",)))


def test_eunomia(tmp_path: Path) -> None:
    """2694 synthetic persons, of whom conditions, drugs and procedures are recorded, and results without values."""
    import duckdb

    source = SHARED / "eunomia.duckdb"
    if not source.exists():
        pytest.skip(f"{source} is not there")
    shutil.copy(source, tmp_path / "cdm.duckdb")
    done = compared(connected(source, duckdb.connect(str(tmp_path / "cdm.duckdb"))), [*rules_of(source, 40)], LAST_DAY)
    assert done.wrong == []
    assert done.agreed["exact-assuming", "pass"] > 5_000
    assert done.agreed["exact-assuming", "fail"] > 5_000


def test_synthea(tmp_path: Path) -> None:
    """28 synthetic persons in CSV tables of CDM 5.4."""
    source = SHARED / "Synthea27Nj_5.4.zip"
    if not source.exists():
        pytest.skip(f"{source} is not there")
    zipfile.ZipFile(source).extractall(tmp_path)
    done = compared(from_csv(source, tmp_path), [*rules_of(source, 40)], date(2020, 12, 31))
    assert done.wrong == []
    assert min(done.agreed["exact-assuming", "pass"], done.agreed["exact-assuming", "fail"]) > 50


PEOPLE = 300
UNITS = {8840: 1.0, 8749: 17.1}
RATIOS = (1.25, 2.5, 3.0, 3.5)


def made_up(folder: Path) -> Path:
    """Persons with at most one bilirubin, in one of two units, most with the range of their laboratory, and asthma."""
    chance = random.Random(8)
    tables: dict[str, list[str]] = {
        "person": ["person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth"],
        "observation_period": [
            "observation_period_id,person_id,observation_period_start_date,observation_period_end_date"
        ],
        "measurement": [
            "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id,range_low,range_high"
        ],
        "condition_occurrence": [
            "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_end_date"
        ],
        "concept": [
            "concept_id,concept_name,domain_id,vocabulary_id,concept_code",
            "3024128,Bilirubin.total [Mass/volume] in Serum or Plasma,Measurement,LOINC,1975-2",
            "8840,milligram per deciliter,Unit,UCUM,mg/dL",
            "8749,micromole per liter,Unit,UCUM,umol/L",
            "317009,Asthma,Condition,SNOMED,195967001",
        ],
        "concept_ancestor": ["ancestor_concept_id,descendant_concept_id"],
    }
    for id in range(1, PEOPLE + 1):
        born = date(1925, 1, 1) + timedelta(chance.randrange(33_000))
        gender = chance.choice((8507, 8532))
        tables["person"].append(f"{id},{gender},{born.year},{born.month},{born.day}")
        tables["observation_period"].append(f"{id},{id},2010-01-01,2016-06-30")
        if chance.random() < 0.8:
            unit, times = chance.choice([*UNITS.items()])
            value = (
                round(chance.choice((0.5, 1.0, 1.5, 2.0, 3.0)) * times, 2)
                if chance.random() < 0.5
                else chance.choice(RATIOS)
            )
            on = LAST_DAY - timedelta(chance.choice((0, 1, 89, 90, 91, 200)))
            limits = "0.5,1" if chance.random() < 0.8 else ","  # quotients of halves are not rounded
            tables["measurement"].append(f"{id},{id},3024128,{on},{value},{unit},{limits}")
        if chance.random() < 0.5:
            start = LAST_DAY - timedelta(chance.randrange(1, 2_000))
            end = chance.choice((None, start, start + timedelta(chance.randrange(2, 900))))
            tables["condition_occurrence"].append(f"{id},{id},317009,{start},{end or ''}")
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def limits() -> Iterator[Rule]:
    asthma = Present("condition", "asthma", window=Window("within", 1, "year"))
    for unit, values in (("mg/dL", (1.5, 2.0)), ("umol/L", (34.2,)), ("ULN", (2.5, 3.0)), ("LLN", (5.0,))):
        for value in values:
            for inclusive in (True, False):
                high = Measured("total_bilirubin", None, Bound(value, unit, inclusive))
                low = Measured("total_bilirubin", Bound(value, unit, inclusive))
                yield from (high, low, AllOf((low, asthma)), AnyOf((Not(high), asthma)))
    yield Measured("total_bilirubin", Bound(1, "mg/dL"), Bound(3, "mg/dL"))
    yield Measured("total_bilirubin", Bound(1, "mg/dL"), Bound(3, "ULN", False), window=Window("within", 1, "month"))
    yield from (Present("condition", "asthma"), Present("condition", "asthma", "history"), asthma)
    yield Present("condition", "asthma", "history", window=Window("within", 3, "month"))
    for years in (18, 40, 65):
        for bound in (Bound(years, "year"), Bound(years, "year", False)):
            yield from (Measured("age", bound), Measured("age", None, bound))


def test_limits_units_and_ranges(tmp_path: Path) -> None:
    folder = made_up(tmp_path / "cdm")
    done = compared(from_csv(folder, folder), [*limits()], LAST_DAY)
    assert done.wrong == []
    assert min(done.agreed["exact-assuming", "pass"], done.agreed["exact-assuming", "fail"]) > 2_000
