"""A population against real trials: the columns, hand-written polars and DuckDB SQL for the same rules in the same run.

    python tests/benchmarks/screening.py [--sizes 10000,100000] [TRIALS.jsonl.gz]
        default: 10,000, 100,000 and a million patients, ../shared/corpus/trials-dev.jsonl.gz

Needs polars beside the population extra. Of each trial the criteria are kept that a table of numbers, a sex and some
yes-or-no columns can express, so that all three can say the same; their counts are compared. Every engine runs in a
process of its own, reads the same Parquet file, and gives for each trial the numbers of eligible and ineligible.
Trials whose sha256 is divisible by three are left out.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from compileall import compile_dir
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measuring import peak_memory, sizes_of

from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, Bound, Graded, Measured, Not, Present, Rule
from eligibility.rules.rulebook import Rulebook, read_rulebook, rulebook, write_rulebook
from eligibility.trials.read import read_trials
from eligibility.units import conversion
from eligibility.verdicts.columns.comparing_columns import same_as
from eligibility.vocabulary.tables import vocabulary

PACKAGE = Path(__file__).resolve().parents[2] / "eligibility"
TRIALS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "trials-dev.jsonl.gz"
# (least, greatest) of the even spread of values, in the unit of the column: wide enough that limits cut through it
LABS: dict[str, tuple[str, float, float]] = {
    "hemoglobin": ("g/dL", 5, 18), "platelets": ("10*9/L", 10, 450), "neutrophils": ("10*9/L", 0.2, 12),
    "wbc": ("10*9/L", 1, 20), "total_bilirubin": ("mg/dL", 0.1, 4), "creatinine": ("mg/dL", 0.4, 4), "alt": ("U/L", 5, 250),
    "albumin": ("g/dL", 1.5, 5.5), "hba1c": ("%", 4, 14), "bmi": ("kg/m2", 14, 50), "systolic_bp": ("mm[Hg]", 80, 220),
    "diastolic_bp": ("mm[Hg]", 40, 130), "lvef": ("%", 10, 75), "qtc": ("ms", 350, 560), "inr": ("", 0.8, 4),
    "potassium": ("mmol/L", 2.5, 7), "heart_rate": ("/min", 35, 160), "spo2": ("%", 75, 100), "triglycerides": ("mg/dL", 30, 900),
    "ldl_cholesterol": ("mg/dL", 30, 300), "karnofsky": ("", 20, 100), "life_expectancy": ("mo", 0, 60), "cd4_count": ("/uL", 5, 1500),
}  # fmt: skip
MISSING = 0.3
MOST_FLAGS = 12
WANTED = 200
SIZES = (10_000, 100_000, 1_000_000)


def chosen_trials(file: Path) -> tuple[list[Rulebook], list[str]]:
    """The trials with the most criteria that the columns express, cut down to these, and the yes-or-no columns."""
    trials = (trial for trial in read_trials(file, on_fault=lambda _: None) if unread(trial.id))
    books = [rulebook(trial) for _, trial in zip(range(6_000), trials, strict=False)]
    counted = Counter(
        leaf.concept
        for book in books for line in book.lines for leaf in leaves(line.rule)
        if isinstance(leaf, Present) and is_plain_flag(leaf)
    )  # fmt: skip
    words = vocabulary()
    flags: list[str] = []
    for concept, _ in counted.most_common():
        kin = {concept, *words.descendants(concept), *words.words[concept].parents}
        if len(flags) < MOST_FLAGS and all(kin.isdisjoint({one, *words.descendants(one)}) for one in flags):
            flags.append(concept)
    cut = [
        Rulebook(
            book.trial, tuple(line for line in book.lines if line.criterion.cohort is None and fits(line.rule, flags))
        )
        for book in books
    ]
    ranked = sorted(cut, key=lambda book: (-len(book.lines), book.trial.id))
    return ranked[:WANTED], flags


def unread(id: str) -> bool:
    return int(hashlib.sha256(id.encode()).hexdigest(), 16) % 3 != 0


def is_plain_flag(leaf: Present) -> bool:
    word = vocabulary().words.get(leaf.concept)
    plain = leaf.status == "active" and not leaf.qualifiers and leaf.window is None and not leaf.named
    return plain and leaf.fact == "condition" and word is not None and word.kind == "condition" and not word.denied_by


def fits(rule: Rule, flags: list[str]) -> bool:
    """Whether the columns express a whole rule, in the three values of SQL."""
    if isinstance(rule, AllOf | AnyOf):
        return all(fits(part, flags) for part in rule.rules)
    if isinstance(rule, Not):
        return fits(rule.rule, flags)
    if isinstance(rule, Graded):
        return rule.scale == "sex"
    if isinstance(rule, Present):
        return is_plain_flag(rule) and rule.concept in flags
    if not isinstance(rule, Measured) or rule.select != "latest" or rule.times != 1 or rule.window is not None:
        return False
    bounds = [bound for bound in (rule.low, rule.high) if bound]
    if rule.variable == "age":
        whole = all(bound.unit in (None, "a", "year") and bound.value == int(bound.value) for bound in bounds)
        return whole and (rule.low is None or rule.low.inclusive)
    return rule.variable in LABS and rule.variable in vocabulary().words and all(
        limit(rule.variable, bound) is not None for bound in bounds
    )  # fmt: skip


def limit(variable: str, bound: Bound) -> float | None:
    """The bound in the unit of the column, None where it cannot be."""
    unit = bound.unit or bound.assumed
    if unit in ("ULN", "LLN", "baseline", "%predicted") or (unit or "").startswith("log"):
        return None
    change = conversion(unit, LABS[variable][0] or None, vocabulary().words[variable])
    return None if change is None or (unit is None and LABS[variable][0]) else change(bound.value)


# ---------------------------------------------------------------- by hand: one text for SQL, one for polars


def sql(rule: Rule) -> str:
    if isinstance(rule, AllOf | AnyOf):
        word = " AND " if isinstance(rule, AllOf) else " OR "
        return f"({word.join(map(sql, rule.rules))})"
    if isinstance(rule, Not):
        return f"(NOT {sql(rule.rule)})"
    if isinstance(rule, Graded):
        return f"(sex IN ({', '.join(repr(level) for level in rule.levels)}))"
    if isinstance(rule, Present):
        return f'"{rule.concept}"'
    assert isinstance(rule, Measured)
    return f"({' AND '.join(f'{name} {sign} {value!r}' for name, sign, value in comparisons(rule))})"


def comparisons(rule: Measured) -> Iterator[tuple[str, str, float]]:
    for bound, inside, strict in ((rule.low, ">=", ">"), (rule.high, "<=", "<")):
        if bound is not None:
            value = bound.value if rule.variable == "age" else limit(rule.variable, bound)
            assert value is not None
            yield rule.variable, inside if bound.inclusive else strict, near(rule.variable, bound, value, inside)


def near(variable: str, bound: Bound, value: float, sign: str) -> float:
    """The limit with its tolerance: what is as near to it as that is equal to it."""
    if variable == "age":
        return value
    change = conversion(LABS[variable][0] or None, bound.unit or bound.assumed, vocabulary().words[variable])
    assert change is not None
    first, last = same_as(value, change.tolerance)
    return first if (sign == ">=") == bound.inclusive else last


def passing(book: Rulebook) -> str:
    return " AND ".join(
        sql(line.rule) if line.criterion.side == "inclusion" else f"(NOT {sql(line.rule)})" for line in book.lines
    )


def by_polars(books: list[Rulebook], flags: list[str], file: str) -> list[tuple[int, int]]:
    import operator

    pl = import_module("polars")  # only this benchmark needs it
    signs: dict[str, Callable[..., Any]] = dict(zip((">=", ">", "<=", "<"), (operator.ge, operator.gt, operator.le, operator.lt), strict=True))  # fmt: skip

    def of(rule: Rule) -> Any:
        if isinstance(rule, AllOf):
            return pl.all_horizontal([of(part) for part in rule.rules])
        if isinstance(rule, AnyOf):
            return pl.any_horizontal([of(part) for part in rule.rules])
        if isinstance(rule, Not):
            return ~of(rule.rule)
        if isinstance(rule, Graded):
            return pl.col("sex").is_in(list(rule.levels))
        if isinstance(rule, Present):
            return pl.col(rule.concept)
        assert isinstance(rule, Measured)
        tests = [signs[sign](pl.col(name), value) for name, sign, value in comparisons(rule)]
        return pl.all_horizontal(tests)

    columns = []
    for place, book in enumerate(books):
        parts = [of(line.rule) if line.criterion.side == "inclusion" else ~of(line.rule) for line in book.lines]
        whole = pl.all_horizontal(parts)
        columns += [whole.sum().alias(f"e{place}"), (~whole).sum().alias(f"i{place}")]
    lazy = pl.scan_parquet(file).rename(heading_names())
    (row,) = lazy.select(columns).collect(engine="streaming").rows()
    return [(row[2 * place], row[2 * place + 1]) for place in range(len(books))]


def by_duckdb(books: list[Rulebook], flags: list[str], file: str) -> list[tuple[int, int]]:
    import duckdb

    named = ", ".join(f'"{old}" AS "{new}"' for old, new in heading_names().items())
    rest = ", ".join(["age", "sex", *(f'"{flag}"' for flag in flags)])
    counts = ", ".join(f"count_if({passing(book)}), count_if(NOT ({passing(book)}))" for book in books)
    query = f"SELECT {counts} FROM (SELECT {named}, {rest} FROM read_parquet('{file}'))"
    (row,) = duckdb.connect().execute(query).fetchall()
    return [(row[2 * place], row[2 * place + 1]) for place in range(len(books))]


def by_columns(books: list[Rulebook], flags: list[str], file: str) -> list[tuple[int, int]]:
    import eligibility as el

    found = el.screen(books, file, attrition=False)
    print(found.work, file=sys.stderr)
    return [(trial.counts["eligible"], trial.counts["ineligible"]) for trial in found.trials]


def by_columns_with_attrition(books: list[Rulebook], flags: list[str], file: str) -> list[tuple[int, int]]:
    import eligibility as el

    found = el.screen(books, file, output=f"{file}.list.parquet")
    return [(trial.counts["eligible"], trial.counts["ineligible"]) for trial in found.trials]


ENGINES = {
    "columns": by_columns,
    "polars": by_polars,
    "duckdb": by_duckdb,
    "columns+attrition+list": by_columns_with_attrition,
}


def heading_names() -> dict[str, str]:
    """The headings of the table, which give the units, and the names by hand."""
    return {f"{name} [{unit}]" if unit else name: name for name, (unit, _, __) in LABS.items()}


def write_table(file: str, rows: int, flags: list[str]) -> None:
    import duckdb

    def spread(expression: str) -> str:
        return f"CASE WHEN random() < {MISSING} THEN NULL ELSE {expression} END"

    labs = [
        f'{spread(f"{low} + random() * {high - low}")} AS "{heading}"'
        for heading, name in heading_names().items()
        for _, low, high in [LABS[name]]
    ]
    yes_no = [f'{spread("random() < 0.15")} AS "{flag}"' for flag in flags]
    age = "CAST(floor(random() * 90) AS INTEGER) AS age"
    sex = "CASE WHEN random() < 0.5 THEN 'male' ELSE 'female' END AS sex"
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5)")
    query = f"SELECT 'P' || i AS id, {', '.join((age, sex, *labs, *yes_no))} FROM range({rows}) t(i)"
    connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")


def child(engine: str, rules: str, file: str) -> None:
    """One engine in this process: the answer, its time and its memory."""
    given = json.loads(Path(rules).read_text())
    books = [read_rulebook(text) for text in given["books"]]
    wall, cpu = time.perf_counter(), time.process_time()
    found = ENGINES[engine](books, given["flags"], file)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_memory()
    print(json.dumps({"counts": found, "wall": spent[0], "cpu": spent[1], "peak": peak}))


def main(file: Path, sizes: Sequence[int]) -> None:
    """Print a line an engine and size, and how the columns compare with what is written by hand."""
    compile_dir(PACKAGE, quiet=1)  # each process imports byte code, as of whatever is installed
    books, flags = chosen_trials(file)
    lines = sum(len(book.lines) for book in books)
    distinct = len({leaf for book in books for line in book.lines for leaf in leaves(line.rule)})
    print(f"{len(books)} trials, {lines} criteria, {distinct} distinct tests, {len(LABS) + len(flags) + 2} columns")
    print(f"{'engine':24} {'patients':>10} {'wall s':>8} {'CPU s':>8} {'pairs/CPU-s':>14} {'peak MB':>8}")
    with TemporaryDirectory() as folder:
        rules = f"{folder}/rules.json"
        Path(rules).write_text(json.dumps({"books": [write_rulebook(book) for book in books], "flags": flags}))
        for rows in sizes:
            table = f"{folder}/{rows}.parquet"
            write_table(table, rows, flags)
            answers, spent = {}, {}
            for engine in ENGINES:
                command = [sys.executable, __file__, "--child", engine, rules, table]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(f"{engine:24} {rows:10,} failed: {done.stderr[-2000:]}")
                    continue
                found = json.loads(done.stdout)
                answers[engine], spent[engine] = found["counts"], found["cpu"]
                pairs = rows * len(books) / found["cpu"]
                print(
                    f"{engine:24} {rows:10,} {found['wall']:8.2f} {found['cpu']:8.2f} {pairs:14,.0f} {found['peak']:8.0f}"
                )
            for engine in ("polars", "duckdb"):
                if engine in spent and "columns" in spent:
                    print(f"  columns: {spent[engine] / spent['columns']:.2f} x the speed of {engine} by hand")
            for engine, counts in answers.items():
                differ = sum(mine != theirs for mine, theirs in zip(counts, answers["columns"], strict=True))
                if differ:
                    print(f"  {engine} counts otherwise in {differ} trials")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        chosen, given = sizes_of(sys.argv[1:], SIZES)
        main(Path(given[0]) if given else TRIALS, chosen)
