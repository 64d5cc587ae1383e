"""How many of the conditions, treatments and procedures that trials name stand in the tables.

    python tests/benchmarks/mentions.py [--every 10] [--offset 0] [--missing condition] [--limit 100]

What is counted, in each criterion of the readable part of the corpus (a third, by the hash of the trial's id, stays
unread):

A run is words side by side, ended by a mark or a function word ("and", "of", "with", "patients"). One run holds at most
one mention. It ends at the last word of the run that ends a name: a head ("disease", "therapy", "surgery"), a word with
the ending of one ("-itis", "-mab", "-ectomy"), the last word of a name in our tables, or the last word of a name or an
inclusion term of the ICD-10-CM; the last of these is what keeps the count from being only of what we know. It begins
with the first word of the run that is no adjective of the grammar ("severe", "untreated"), at most six words earlier.
Heads that name nothing by themselves ("disease", "treatment", "the study drug") are no mentions.

A mention is covered when the words are, as written but for case, a name in our tables, with or without their adjectives.
"acute liver disease" is covered by liver disease; "polycystic liver disease" is not. So is a treatment with a word
behind it that says no more, as the grammar has it ("methotrexate therapy"). Names that are only a measurement
or a state ("platelets", "pregnant") are counted for no kind. The second share leaves out what is written once or twice
in the sample: misspellings, whole phrases without a mark, and diseases of one trial.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from eligibility.criteria.segment import segment
from eligibility.rules.atoms import ATOM
from eligibility.rules.lexicon import function_words
from eligibility.rules.spelling import folded
from eligibility.trials.read import read_trials
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.tables import vocabulary

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "trials-dev.jsonl.gz"
KINDS = ("condition", "treatment", "procedure")
LONGEST = 7
Phrase = tuple[str, ...]

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEADS = {kind: frozenset(words.split()) for kind, words in WORDS["heads"].items()}
ENDINGS = {kind: re.compile(pattern) for kind, pattern in WORDS["endings"].items()}
NAMELESS, BREAKING, AROUND = (frozenset(WORDS["words"][name].split()) for name in ("nameless", "breaking", "around"))
_JOINED = frozenset("-–‐‑'’")  # marks that may stand inside a name


@dataclass
class Count:
    """The mentions of one kind: how often each phrase is written, and which phrases are covered."""

    written: Counter[Phrase] = field(default_factory=Counter)
    covered: set[Phrase] = field(default_factory=set)


def main() -> None:
    """Read the arguments, count, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--every", type=int, default=10)
    options.add_argument("--offset", type=int, default=0)
    options.add_argument("--missing", choices=KINDS, help="list what is not covered, the most frequent first")
    options.add_argument("--limit", type=int, default=100)
    chosen = options.parse_args()
    counts = counted(criteria(chosen.every, chosen.offset))
    for kind in KINDS:
        show(kind, counts[kind])
    if chosen.missing:
        count = counts[chosen.missing]
        missing = ((phrase, n) for phrase, n in count.written.most_common() if phrase not in count.covered)
        for (phrase, n), _ in zip(missing, range(chosen.limit), strict=False):
            print(f"{n:6} {' '.join(phrase)}")


def show(kind: str, count: Count) -> None:
    """One line: mentions and how many are covered, of all and of those written three times or more."""
    shares = []
    for least in (1, 3):
        written = {phrase: n for phrase, n in count.written.items() if n >= least}
        total = sum(written.values()) or 1
        known = sum(n for phrase, n in written.items() if phrase in count.covered)
        shares.append(f"{known} of {total} ({known / total:.1%})")
    print(f"{kind:10} covered {shares[0]}; of what is written three times or more {shares[1]}")


def criteria(every: int, offset: int) -> Iterator[str]:
    """The texts of the criteria of each n-th readable trial."""
    rows = []
    with gzip.open(CORPUS, "rt", encoding="utf-8") as file:
        for line in file:
            place = int(hashlib.sha256(json.loads(line)["nct_id"].encode()).hexdigest(), 16)
            if place % 3 and place // 3 % every == offset:
                rows.append(line)
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) / "trials.jsonl"
        chosen.write_text("".join(rows), encoding="utf-8")
        for trial in read_trials(chosen, on_fault=lambda fault: None):  # a few rows have ages in no unit
            yield from (criterion.text for criterion in segment(trial) if criterion.source == "text")


def counted(texts: Iterator[str]) -> dict[str, Count]:
    """The mentions of all texts, by kind."""
    counts = {kind: Count() for kind in KINDS}
    for text in texts:
        for run in runs(text):
            found = mention(run)
            if found:
                kind, phrase, covered = found
                counts[kind].written[phrase] += 1
                if covered:
                    counts[kind].covered.add(phrase)
    return counts


# --- one text -------------------------------------------------------------------------------------------------------


def runs(text: str) -> Iterator[list[str]]:
    """Words side by side, with the marks that may stand inside a name; each name of our tables is kept whole."""
    atoms = ATOM.findall(text)
    run: list[str] = []
    at = 0
    while at < len(atoms):
        long = name_at(atoms, at)
        if long or not breaks(atoms[at], run):
            run.extend(atoms[at : at + max(long, 1)])
        elif run:
            yield run
            run = []
        at += max(long, 1)
    if run:
        yield run


def breaks(atom: str, run: list[str]) -> bool:
    """Whether a run ends before this atom."""
    return (folded(atom) in function_atoms() or not atom[0].isalnum()) and not (atom in _JOINED and run)


def name_at(atoms: list[str], at: int) -> int:
    """How many atoms of a condition, a treatment or a procedure of our tables stand here."""
    longest = min(LONGEST, len(atoms) - at)
    return next((n for n in range(longest, 1, -1) if known(atoms[at : at + n]) in KINDS), 0)


def mention(run: list[str]) -> tuple[str, Phrase, bool] | None:
    """What a run names: its kind, its words without adjectives, and whether our tables hold them."""
    end, kind = next(((at + 1, kind) for at in reversed(range(len(run))) if (kind := ends_name(run, at))), (0, ""))
    words = run[max(0, end - LONGEST) : end]
    while words and not known(words) and (folded(words[0]) in adjective_atoms() or not words[0].isalpha()):
        words = words[1:]
    held = known(words) or given(words)
    if not words or (held and held not in KINDS) or (not held and all(folded(word) in NAMELESS for word in words)):
        return None
    return held or kind, tuple(map(folded, words)), bool(held)


def given(words: list[str]) -> str:
    """The kind of a treatment or a procedure with a word behind it that says no more: "methotrexate therapy"."""
    kind = known(words[:-1]) if len(words) > 1 and folded(words[-1]) in given_atoms() else ""
    return kind if kind in ("treatment", "procedure") else ""


def ends_name(run: list[str], at: int) -> str:
    """The kind of what ends at this word, or nothing."""
    longest = min(LONGEST, at + 1)
    held = (known(run[at + 1 - n : at + 1]) for n in range(longest, 0, -1))
    word = folded(run[at])
    if not word.isalpha() or word in NAMELESS - HEADS["condition"] - HEADS["treatment"] - HEADS["procedure"]:
        return ""
    if (kind := next((kind for kind in held if kind in KINDS), "")) or (kind := by_ending(word)):
        return kind
    return "condition" if any(icd_name(" ".join(run[at + 1 - n : at + 1])) for n in range(1, longest + 1)) else ""


def by_ending(word: str) -> str:
    """The kind of names that end in this word, or like it."""
    return next((kind for kind in KINDS if word in HEADS[kind] or ENDINGS[kind].search(word)), "")


@cache
def icd_name(text: str) -> bool:
    """Whether the classification has this text as a name or an inclusion term of a disease, a finding or an injury."""
    codes = (*icd10cm.named(text), *icd10cm.filed_under(text)) if len(text) > 3 and text not in NAMELESS else ()
    return any(code < "T36" for code in codes)  # what follows are poisonings, causes and circumstances


def known(words: list[str]) -> str:
    """The kind of the word of our tables that has these atoms as a name; nothing when there is none."""
    whatever_case, as_written = names()
    return whatever_case.get(tuple(map(folded, words))) or as_written.get(tuple(words), "")


@cache
def names() -> tuple[dict[Phrase, str], dict[Phrase, str]]:
    """The names of our tables as atoms, with their kind: those of any case, and those only as written.

    What a value of a measurement is called ("thrombocytopenia") is a condition.
    """
    whatever_case: dict[Phrase, str] = {}
    as_written: dict[Phrase, str] = {}
    for word in vocabulary().words.values():
        for name in word.synonyms:
            whatever_case.setdefault(spelt(name), word.kind)
        for name in word.findings:
            whatever_case.setdefault(spelt(name), "condition")
        for name in word.exact:
            as_written.setdefault(tuple(ATOM.findall(name)), word.kind)
    return whatever_case, as_written


def spelt(name: str) -> Phrase:
    """A name as atoms."""
    return tuple(folded(atom) for atom in ATOM.findall(name))


@cache
def function_atoms() -> frozenset[str]:
    """The single words of the grammar that end a run, and the verbs around names."""
    single = {spelt(text) for name, text in function_words() if name in BREAKING}
    return AROUND | {words[0] for words in single if len(words) == 1}


@cache
def given_atoms() -> frozenset[str]:
    """The words of the grammar that say of a treatment or a procedure behind which they stand only that it is given."""
    return frozenset(text for name, text in function_words() if name in ("TAKEN", "DONE"))


@cache
def adjective_atoms() -> frozenset[str]:
    """The words of the grammar that stand before a name and are no part of it."""
    before = {spelt(text) for name, text in function_words() if name in ("QUALIFIER", "DEGREE", "ACTIVE", "HIDDEN")}
    return frozenset(words[0] for words in before if len(words) == 1) | NAMELESS - HEADS["condition"]


if __name__ == "__main__":
    main()
