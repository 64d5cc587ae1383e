"""What somebody has recovered from, said at length: one question for a person, whatever it names.

"Not recovered to ≤ grade 1 from adverse events due to agents administered more than 4 weeks earlier, except alopecia":
the agents, the grade and what is excepted are no facts that are asked by themselves. Only clauses whose every word is
of the table are taken, so that nothing else is put aside with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from eligibility.criteria.criterion import Side
from eligibility.rules.token import Token
from eligibility.vocabulary.recovery import RecoveryWords, recovery_words

_CUES: Final = ("ecover", "esol", "esidual", "ngoing", "ersist")
_WORD: Final = re.compile(r"i\.e\.|e\.g\.|v\.|\w[\w'’]*(?:\.\d+)*|[≤≥<>=⩽⩾]+")
# What parts sentences and items; white space in a line that goes on parts nothing.
_STOP: Final = re.compile(r"[;:?]|\.(?=\s|\Z)|\n\s*(?:\n|[-*•]\s|\d{1,2}[.)]\s)")
_CONJUNCTION: Final = frozenset(("and", "or"))
_EXCEPTED: Final = frozenset(
    ("except", "exception", "exceptions", "excluding", "excepting", "including", "eg", "unless")
)
_DENIED: Final = frozenset(("not", "no", "never", "nor", "without", "failure"))
_VERSION: Final = re.compile(r"v?\d")  # of the terminology: "CTCAE v5.0"
_OBLIGING: Final = frozenset(("must", "should"))
_RECOVERING: Final = ("recover", "resol", "improv", "return")


class _Said(NamedTuple):
    word: str
    start: int
    end: int


def with_recovery(tokens: list[Token], text: str, side: Side) -> list[Token]:
    """The tokens of a text, each clause that only tells what somebody has recovered from made one question."""
    if not any(cue in text for cue in _CUES):
        return tokens
    for start, end in _clauses(text, side):
        first = next((at for at, token in enumerate(tokens) if token.start >= start), len(tokens))
        after = next((at for at, token in enumerate(tokens) if token.start >= end), len(tokens))
        if first < after and (first == 0 or tokens[first - 1].end <= start) and tokens[after - 1].end <= end:
            tokens = [*tokens[:first], Token(("JUDGE",), text[start:end], start, end), *tokens[after:]]
    return tokens


def _clauses(text: str, side: Side) -> Iterator[tuple[int, int]]:
    """The places of such clauses, from the last to the first."""
    table = recovery_words()
    found: list[tuple[int, int]] = []
    begin = 0
    for stop in (*(match.start() for match in _STOP.finditer(text)), len(text)):
        said = [
            _Said(m[0].lower().replace(".", ""), m.start() + begin, m.end() + begin) for m in _words(text, begin, stop)
        ]
        found += _in_sentence(said, text, side, table)
        begin = stop + 1
    return reversed(found)


def _words(text: str, begin: int, stop: int) -> Iterator[re.Match[str]]:
    return _WORD.finditer(text[begin:stop])


def _in_sentence(said: Sequence[_Said], text: str, side: Side, table: RecoveryWords) -> list[tuple[int, int]]:
    begins = [0, *(at + 1 for at in range(len(said) - 1) if _parts(said, at, text, table))]
    found = []
    for first, after in zip(begins, [*begins[1:], len(said)], strict=True):
        last = after - 1
        while last > first and said[last].word in _CONJUNCTION:
            last -= 1
        clause = said[first : last + 1]
        joined = said[first - 1].word if first else ""
        goes_on = after < len(said) and said[after].word in _DENIED  # "…, not require steroids and not had pneumonitis"
        if clause and not goes_on and not (joined == "and" and side == "exclusion") and _tells(clause, side, table):
            start = clause[_obliged(clause)].start
            end = _closed(text, start, clause[-1].end)
            found += [(start, end)] if end and not text[end:].lstrip().startswith(":") else []
    return found


def _obliged(clause: Sequence[_Said]) -> int:
    """Where "patients must have | recovered" goes on; 0 where nobody must."""
    at = next((at + 1 for at, said in enumerate(clause[:3]) if said.word in _OBLIGING), 0)
    while at and at + 1 < len(clause) and clause[at].word in ("have", "be", "been"):
        at += 1
    return at


def _parts(said: Sequence[_Said], at: int, text: str, table: RecoveryWords) -> bool:
    """Whether another clause begins behind a word: "chemotherapy or | who have not recovered"."""
    behind = said[at + 1].word
    opens = behind in table.beginning or behind in _DENIED or behind.startswith(("recover", "resol", "unresol"))
    comma = "," in text[said[at].end : said[at + 1].start]
    return opens and (said[at].word in _CONJUNCTION or (comma and said[at].word not in ("ie", "eg")))


def _tells(clause: Sequence[_Said], side: Side, table: RecoveryWords) -> bool:
    """Whether a clause tells of recovering, in the sense that its side asks for, and every word of it is known."""
    words = [word.word for word in clause]
    excepted = next((at for at in range(len(words)) if _excepts(words, at)), len(words))
    core = words[:excepted]
    recovering = any(word.startswith(_RECOVERING) for word in core)
    lasting = not table.lasting.isdisjoint(core)
    if not (recovering or lasting) or (table.effects.isdisjoint(core) and not (recovering and "surgery" in core)):
        return False
    if not table.words.issuperset(word for word in core if not _VERSION.match(word)):
        return False
    if not table.excepted.issuperset(word for word in words[excepted:] if not _VERSION.match(word)):
        return False
    first = next(at for at, word in enumerate(core) if _central(word, table))
    if not table.opening.issuperset(word for word in core[:first] if not word[0].isdigit() and word not in _DENIED):
        return False
    if side == "inclusion":
        return True
    return _OBLIGING.isdisjoint(core) and (lasting or not _DENIED.isdisjoint(core))  # who must recover is not kept out


def _excepts(words: Sequence[str], at: int) -> bool:
    return words[at] in _EXCEPTED or (words[at] == "other" and words[at + 1 : at + 2] == ["than"])


def _central(word: str, table: RecoveryWords) -> bool:
    return word.startswith(_RECOVERING) or word in table.lasting or word in table.effects


def _closed(text: str, start: int, end: int) -> int:
    """Where a clause ends, with the bracket that closes behind it; 0 where its brackets do not agree."""
    behind = text[end : end + 1]
    depth = text.count("(", start, end) + text.count("[", start, end)
    depth -= text.count(")", start, end) + text.count("]", start, end)
    if depth == 1 and behind and behind in ")]":
        return end + 1
    return end if depth == 0 else 0
