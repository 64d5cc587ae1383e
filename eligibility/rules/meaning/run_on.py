"""Sentences that run on: a heading or a time that must have passed, in a capital behind what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Piece
from eligibility.vocabulary.tables import Vocabulary

# A capital behind one of these begins a new sentence.
SAID: Final = frozenset(("THING", "RULE", "WORDS", "RPAR"))
_BEGINS: Final = frozenset(("WASHOUT", "THING", "CURRENT"))
# A heading names a class of treatments of which there are many.
_MANY: Final = 3


def with_stops(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, with stops before "At least 4 weeks since …", "Surgery: …" and "Current …" within a text."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        if out and piece.kind in _BEGINS and out[-1].kind in SAID and text[piece.start].isupper():
            headed = at + 1 < len(pieces) and pieces[at + 1].kind == "COLON" and is_heading(piece.value, vocabulary)
            # within words that are not understood any word may stand in a capital
            now = piece.kind == "CURRENT" and out[-1].kind != "WORDS" and text[piece.start + 1 : piece.end].islower()
            if piece.kind == "WASHOUT" or headed or now:
                out.append(Piece("STOP", piece.start, piece.start))
        out.append(piece)
    return out


def is_heading(key: object, vocabulary: Vocabulary) -> bool:
    """Whether a thing is a class of treatments or procedures, by which old forms arrange what they ask."""
    word = vocabulary.words.get(key) if isinstance(key, str) else None
    if word is None or word.kind not in ("treatment", "procedure"):
        return False
    return len(vocabulary.descendants(word.key)) >= _MANY


def opens(text: str, before: Sequence[Piece], start: int) -> bool:
    """ "No active infection | Bilirubin < 2 mg/dL": a capital behind a thing in small letters begins a sentence."""
    last = before[-1] if before else None
    titled = text[start].isupper() and text[start + 1 : start + 5].isalpha() and text[start + 1 : start + 5].islower()
    return titled and last is not None and last.kind == "THING" and text[last.start : last.end].islower()
