"""A noun that several adjectives share: "heart, lung or liver disease" is a disease of the heart, or of the lungs …

Words that stand alone in a member of a list, and that are the name of a thing together with the last words of a thing
behind them, are that thing: what each of them is called is looked up, nothing is made up. So are words behind a thing
that take the place of its last word ("hepatitis B or C").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eligibility.rules.meaning.sentence import Piece
from eligibility.vocabulary.tables import Vocabulary

_JOINED: Final = ("comma", "or", "and", "comma_or", "comma_and")
_NAMED: Final = frozenset(("condition", "treatment", "procedure", "state"))
# What may stand before the first of them in its member; an adjective there is of all of them.
_BEFORE: Final = frozenset(
    (
        *("NOT", "EVER", "WASHOUT", "HISTORY", "ALLERGY", "SUSPECTED", "QUALIFIER", "ACTIVE", "CURRENT", "OTHER"),
        *("VERB", "COUNT", "COLON", "JUDGE"),
    )
)
_LEVEL: Final = r"(?:[0-4](?:[a-d]\d?)?|iv[a-d]?\d?|i{1,3}[a-d]?\d?)"
_STAGE: Final = re.compile(
    rf"(?:(?:clinical|pathologic|pathological|ctcae|nci|who|ajcc|disease) )*(?:stages?|grades?|class(?:es)?)[ \-]?"
    rf"(?:(?:[≥≤<>=]|>=|<=|=>|at least|up to|greater than|higher than)\s*)?{_LEVEL}"
    rf"(?:\s*(?:-|–|/|,|to|through|or|and|, or|, and)\s*(?:(?:stage|grade|class) )?{_LEVEL})*"
    r"(?:\s*(?:or|and) (?:greater|higher|above|more|worse|later|over))?\s*",
    re.I,
)
_BEGINS: Final = frozenset("CSGPNWADcsgpnwad")
_SAID_OF: Final = ("QUALIFIER", "ACTIVE", "CURRENT")
_MOST_WORDS: Final = 2


def with_shared_nouns(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, words that share the noun of a thing behind or before them made things themselves."""
    if not any(piece.type == "JOIN" for piece in pieces):
        return _staged(pieces, text)
    noun: Piece | None = None
    shared: list[int] = []
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.kind == "THING":
            noun = piece if _spelt(piece, text) and not _goes_on(pieces, at) else None
        elif piece.kind == "WORDS" and noun is not None and _joined(pieces, at):
            key = _behind(piece, noun, text, vocabulary)
            if key and _alone(pieces, at):
                piece.kind, piece.value = "THING", key
                shared.append(at)
            else:
                noun = None
        elif piece.type not in ("JOIN",) and piece.kind not in _BEFORE:
            noun = None
    _as_before(pieces, text, vocabulary)
    _staged(pieces, text)
    return _with_adjectives(pieces, shared) if shared else pieces


def _spelt(piece: Piece, text: str) -> bool:
    return isinstance(piece.value, str) and " " in text[piece.start : piece.end].strip()


def _goes_on(pieces: list[Piece], at: int) -> bool:
    """ "blood or blood product | transfusion": another noun stands behind."""
    return at + 1 < len(pieces) and pieces[at + 1].kind == "THING"


def _joined(pieces: list[Piece], at: int) -> bool:
    """Whether a joint stands behind the words, and a thing or more words behind that."""
    behind = pieces[at + 1] if at + 1 < len(pieces) else None
    return behind is not None and behind.type == "JOIN" and behind.value in _JOINED


def _alone(pieces: list[Piece], at: int) -> bool:
    at -= 1
    while at >= 0 and pieces[at].kind in _BEFORE:
        at -= 1
    return at < 0 or pieces[at].type != "PIECE"


def _behind(piece: Piece, noun: Piece, text: str, vocabulary: Vocabulary) -> str:
    """The key of what the words name with the last words of the noun."""
    words, own = text[piece.start : piece.end].split(), text[noun.start : noun.end].split()
    if len(words) > _MOST_WORDS or piece.value:
        return ""
    return _first(vocabulary, (" ".join((*words, *own[cut:])) for cut in range(1, len(own))))


def _first(vocabulary: Vocabulary, names: Iterator[str]) -> str:
    for name in names:
        found = [word.key for word in vocabulary.by_name(name) if word.kind in _NAMED]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _as_before(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> None:
    """ "hepatitis B or C": letters and numbers in the place of the last word of the thing before them."""
    for at in range(2, len(pieces)):
        piece, joint, before = pieces[at], pieces[at - 1], pieces[at - 2]
        if piece.kind != "WORDS" or joint.type != "JOIN" or before.kind != "THING" or not _spelt(before, text):
            continue
        words, own = text[piece.start : piece.end].split(), text[before.start : before.end].split()
        if len(words[0]) > 1 or len(own[-1]) > 1 or len(words) > _MOST_WORDS:
            continue
        key = _first(vocabulary, iter((" ".join((*own[:-1], *words)), " ".join((*own[:-1], words[0])))))
        if key and (len(words) == 1 or key in vocabulary.words):
            piece.kind, piece.value = "THING", key


def _staged(pieces: list[Piece], text: str) -> list[Piece]:
    """ "Stage III or IV ovarian cancer": a stage or grade of no named scale is a quality of the thing beside it."""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.kind not in ("WORDS", "ELLIPSIS") or text[piece.start] not in _BEGINS:
            continue
        if not _STAGE.fullmatch(text, piece.start, piece.end):
            continue
        bracketed = 0 < at < len(pieces) - 1 and pieces[at - 1].kind == "LPAR" and pieces[at + 1].kind == "RPAR"
        before, behind = at - 1 - bracketed, at + 1 + bracketed
        while behind < len(pieces) and pieces[behind].kind == "QUALIFIER":
            behind += 1
        ended = behind == len(pieces) or pieces[behind].type in ("STOP", "SEMI", "ITEM", "RPAR")
        if ended and before > 0 and pieces[before].kind == "COMMA" and pieces[before - 1].kind == "THING":
            del pieces[before]  # "NSCLC, stage IV"
        elif (before < 0 or pieces[before].kind != "THING") and (ended or pieces[behind].kind != "THING"):
            continue
        piece.kind, piece.value = "QUALIFIER", " ".join(text[piece.start : piece.end].lower().split())
    return pieces


def _with_adjectives(pieces: list[Piece], shared: list[int]) -> list[Piece]:
    """The adjectives before the first of the words are of each of them, and of the noun they share."""
    out: list[Piece] = []
    said: list[Piece] = []
    first = set(shared)
    for at, piece in enumerate(pieces):
        if at in first and not said:
            start = len(out)
            while start and out[start - 1].kind in _SAID_OF:
                start -= 1
            said = [word for word in out[start:] if word.kind == "QUALIFIER"]
        elif piece.kind == "THING" and said:
            own = bool(out) and out[-1].kind in _SAID_OF
            if not own:
                out.extend(Piece("QUALIFIER", piece.start, piece.start, word.value) for word in said)
            if at not in first:
                said = []
        out.append(piece)
    return out
