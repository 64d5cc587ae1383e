"""A noun that several adjectives share: "heart, lung or liver disease" is a disease of the heart, or of the lungs …

Words that stand alone in a member of a list, and that are the name of a thing together with the last words of a thing
behind them, are that thing: what each of them is called is looked up, nothing is made up. So are words behind a thing
that take the place of its last word ("hepatitis B or C").
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.needs import with_needs
from eligibility.rules.meaning.one_head import with_one_head
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.meaning.shared_names import (
    MOST_WORDS,
    first_named,
    kind_of_noun,
    shared_name,
    unread_noun,
    with_slashes,
)
from eligibility.rules.rule import Graded
from eligibility.vocabulary.tables import Vocabulary

_JOINED: Final = ("comma", "or", "and", "comma_or", "comma_and")
# What may stand before the first of them in its member; an adjective there is of all of them.
_BEFORE: Final = frozenset(
    (
        *("NOT", "EVER", "WASHOUT", "HISTORY", "ALLERGY", "SUSPECTED", "QUALIFIER", "ACTIVE", "CURRENT", "OTHER"),
        *("VERB", "COUNT", "COLON", "JUDGE"),
    )
)
_LEVEL: Final = r"(?:[0-4](?:[a-d]\d?)?|iv[a-d]?\d?|i{1,3}[a-d]?\d?)"
_MORE: Final = r"(?:≥|>=|=>|>|at least|(?:greater|higher|more|worse) than)"
# At most of a grade may be none of it, at most of a stage is a stage.
_STAGE: Final = re.compile(
    rf"(?:{_MORE}\s*)?(?:(?:clinical|pathologic|pathological|nci|who|ajcc|disease|toxicity"
    r"|(?:nci[ -])?ctcae(?:,? v(?:ersion)?\.? ?\d(?:\.\d+)?)?) )*"
    rf"(?:stages?[ \-]?(?:(?:≤|<=?|up to)\s*)?|(?:grades?|class(?:es)?)(?! ?0)[ \-]?)(?:(?:{_MORE}|=)\s*)?{_LEVEL}"
    rf"(?:\s*(?:-|–|/|,|to|through|or|and|, or|, and)\s*(?:(?:stage|grade|class) )?{_LEVEL})*"
    r"(?:\s*(?:or|and) (?:greater|higher|above|more|worse|later|over))?\s*",
    re.I,
)
# Adjectives that by themselves stand for whoever has the disease.
_ADJECTIVES: Final = frozenset((
    "diabetic", "asthmatic", "epileptic", "psychotic", "alcoholic", "hypertensive", "obese", "febrile",
    "immunosuppressive",
))  # fmt: skip
_WEIGHED: Final = re.compile(r"significan|relevan|importan|meaningful", re.IGNORECASE)
# Adjectives of where a finding is, which exclude none that is of how bad it is.
_OF_PLACE: Final = frozenset(("systemic", "invasive", "disseminated", "local", "localized", "localised", "deep"))
_BEGINS: Final = frozenset("CSGPNWADTHMcsgpnwadthmLUElueN≤<≥>=\\")
# "neuropathy grade ≤ 1": whoever has none of it meets that as well, so that it asks for nothing to be there.
_LESS: Final = (
    r"(?:\\?[≤<]=?|=\\?<|no(?:t)? (?:more|greater|higher) than|(?:less|lower) than(?: or equal to)?|up to|at most)\s*"
)
_AT_MOST: Final = re.compile(
    rf"(?:{_LESS})?(?:(?:nci|ctcae) )*grades?[ \-]?(?:{_LESS})?(?:0\b.*|{_LEVEL})"
    r"(?:\s*(?:or|and) (?:less|lower|below|better|under))?\s*",
    re.I,
)
_BOUNDED: Final = re.compile(r"[≤<0]|up to|less|lower|below|better|under|at most|no", re.I)
_SAID_OF: Final = ("QUALIFIER", "ACTIVE", "CURRENT")


def with_shared_nouns(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, words that share the noun of a thing behind or before them made things themselves."""
    made: list[Piece] = []
    if "/" in text:
        pieces, made = with_slashes(pieces, text, vocabulary)
    if not any(piece.type == "JOIN" for piece in pieces):
        return _staged(pieces, text)
    pieces = with_one_head(pieces, text)
    pieces = _of_tested(pieces, text)
    _as_before(pieces, text, vocabulary)
    shared = [*_sharing(pieces, text, vocabulary), *made]
    _staged(pieces, text)
    if " for " in text or any(piece.kind == "RELATIVE" for piece in pieces):
        pieces = with_needs(pieces, text, vocabulary)
    return _with_adjectives(pieces, shared) if shared else pieces


def _sharing(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """Words made things, from the last to the first."""
    noun: Piece | None = None
    other = False
    shared: list[Piece] = []
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.kind == "THING" and text[piece.start : piece.end].lower() in _ADJECTIVES:
            head = noun or unread_noun(pieces, at, text)
            joined = head is not None and _joined(pieces, at) and _alone(pieces, at)
            key = shared_name(piece, head, text, vocabulary, other) if joined and head else ""
            if key:  # "diabetic or other peripheral neuropathy"
                piece.value = key
                shared.append(piece)
        elif piece.kind == "THING":
            named = isinstance(piece.value, str) and not _goes_on(pieces, at)
            noun, other = piece if named else None, at > 0 and pieces[at - 1].kind == "OTHER"
        elif noun is not None and _joined(pieces, at) and (piece.kind == "WORDS" or _ordinal(piece)):
            key = shared_name(piece, noun, text, vocabulary, other) if _alone(pieces, at) else ""
            if key:
                piece.kind, piece.value = "THING", key
                shared.append(piece)
            elif kind := kind_of_noun(piece, noun, text, vocabulary) if _beside(pieces, at, text) else "":
                pieces.insert(at + 1, Piece("THING", piece.start, piece.end, kind))  # "partial or radical mastectomy"
                piece.kind, piece.value = "QUALIFIER", text[piece.start : piece.end].lower()
                shared += [piece, pieces[at + 1]]
            elif piece.value or not _alone(pieces, at) or " " in text[piece.start : piece.end].strip():
                noun = None  # one adjective that is in no name ("immunologic") stands aside
        elif piece.type not in ("JOIN",) and piece.kind not in _BEFORE:
            noun = None
    return shared


def _of_tested(pieces: list[Piece], text: str) -> list[Piece]:
    """ "HER2-negative locally advanced | or metastatic cancer": the test is of both, so the adjectives are one."""
    at = len(pieces) - 2
    while at > 2:
        at -= 1
        joint = pieces[at]
        if joint.type != "JOIN" or joint.value not in ("or", "comma_or") or pieces[at - 1].kind != "QUALIFIER":
            continue
        first, last = at - 1, at + 1
        while first and (pieces[first - 1].kind == "QUALIFIER" or (first > 1 and _alternative(pieces, first - 1))):
            first -= 1
        while last < len(pieces) and pieces[last].kind == "QUALIFIER":
            last += 1
        noun = pieces[last] if at + 1 < last < len(pieces) and pieces[last].kind == "THING" else None
        if noun is not None and isinstance(noun.value, str) and first and _tells_result(pieces[first - 1]):
            words = " ".join(text[pieces[first].start : pieces[last - 1].end].lower().split())
            pieces[first:last] = [Piece("QUALIFIER", pieces[first].start, pieces[last - 1].end, words)]
            at = first
    return pieces


def _tells_result(piece: Piece) -> bool:
    return piece.kind in ("POSITIVE", "NEGATIVE") or (piece.kind == "THING" and isinstance(piece.value, Graded))


def _ordinal(piece: Piece) -> bool:
    """ "second or third degree heart block": no other one than the disease under study."""
    return piece.kind == "OTHER" and str(piece.value).lower() == "second"


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


def _beside(pieces: list[Piece], at: int, text: str) -> bool:
    """Whether nothing but a joint stands between the words and what is joined to them."""
    return _alone(pieces, at) and not text[pieces[at + 1].end : pieces[at + 2].start].strip()


def _as_before(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> None:
    """ "hepatitis B or C": letters and numbers in the place of the last word of the thing before them."""
    said = False
    for at in range(2, len(pieces)):
        piece, joint, before = pieces[at], pieces[at - 1], pieces[at - 2]
        if piece.kind != "WORDS" or joint.type != "JOIN" or before.kind != "THING" or not _spelt(before, text):
            continue
        words, own = text[piece.start : piece.end].split(), text[before.start : before.end].split()
        if at > 2 and str(pieces[at - 3].value).lower().startswith("non") and pieces[at - 3].kind == "NOT":
            continue  # "non-English speaking or reading": whether it is denied too is not told
        letters = len(words[0]) == 1 == len(own[-1])
        if piece.value or len(words) > (MOST_WORDS if letters else 1) or not (letters or _ends(pieces, at)):
            continue
        names = [" ".join((*own[:-1], *words)), " ".join((*own[:-1], words[0]))]
        key = first_named(vocabulary, iter(names[: len(words)])) if letters or not _judged(pieces, at - 2) else ""
        if key and (letters or key != before.value):  # "herbal therapies and supplements"
            piece.kind, piece.value = "THING", key
            whole = _with_noun(pieces, at, f"{names[0]} ", text)
            if whole and first_named(vocabulary, iter((whole,))) == key:
                piece.end, pieces[at + 1].kind = pieces[at + 1].end, "SAID"  # "hepatitis B/C infection"
            said = said or bool(whole)
    if said:
        pieces[:] = [piece for piece in pieces if piece.kind != "SAID"]


def _with_noun(pieces: list[Piece], at: int, name: str, text: str) -> str:
    behind = pieces[at + 1] if at + 1 < len(pieces) else None
    return name + text[behind.start : behind.end] if behind is not None and behind.kind == "THING" else ""


def _judged(pieces: list[Piece], at: int) -> bool:
    """ "Unable to speak English or Spanish": whether an opinion stands before the thing in its member."""
    while at >= 0 and pieces[at].type == "PIECE":
        if pieces[at].kind == "JUDGE":
            return True
        at -= 1
    return False


def _ends(pieces: list[Piece], at: int) -> bool:
    """ "CYP3A4 inhibitors or inducers": whether nothing of the same member stands behind the words."""
    return at + 1 == len(pieces) or pieces[at + 1].type != "PIECE" or pieces[at + 1].kind == "WINDOW"


def _staged(pieces: list[Piece], text: str) -> list[Piece]:
    """ "Stage III or IV ovarian cancer": a stage or grade of no named scale is a quality of the thing beside it."""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        by_name = isinstance(piece.value, Graded) and piece.value.scale == "ctcae_grade"
        if not (by_name or piece.kind in ("WORDS", "ELLIPSIS")) or text[piece.start] not in _BEGINS:
            continue
        said = text[piece.start : piece.end].lower()
        if "stage" not in said and "grade" not in said and "class" not in said:
            continue
        if _AT_MOST.fullmatch(text, piece.start, piece.end) and _BOUNDED.search(text, piece.start, piece.end):
            if at and pieces[at - 1].kind == "THING":
                pieces[at - 1].kind, pieces[at - 1].value = "WORDS", ""
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


def _with_adjectives(pieces: list[Piece], shared: list[Piece]) -> list[Piece]:
    """The adjectives before the first of the words are of each of them, and of the noun they share.

    So is an opinion: "clinically significant cardiac, renal or hepatic disease" is one question to a person.
    """
    out: list[Piece] = []
    said: list[Piece] = []
    opinion: Piece | None = None
    first = {id(piece) for piece in shared}
    for piece in pieces:
        mine = id(piece) in first
        if mine and not said and opinion is None and not (out and id(out[-1]) in first):
            said, opinion = _said_before(out)
        elif (mine or piece.kind == "THING") and said and opinion is None:
            placed = out[-1].kind == "QUALIFIER" and str(out[-1].value).lower() in _OF_PLACE
            if placed and len(out) > 1 and out[-2].type == "JOIN":  # "severe bacterial or | systemic fungal infection"
                own = out.pop()
                for word in said:
                    if word.type == "JOIN":
                        out.append(Piece(own.kind, own.start, own.start, own.value, own.type))
                    out.append(Piece(word.kind, own.start, own.start, word.value, word.type))
                out.append(own)
            elif out[-1].kind not in _SAID_OF:
                out.extend(Piece(word.kind, piece.start, piece.start, word.value, word.type) for word in said)
            if not mine:
                said = []
        if opinion is None:
            out.append(piece)
        elif piece.kind == "THING" and not mine:
            opinion.end, opinion, said = piece.end, None, []
    return out


def _said_before(out: list[Piece]) -> tuple[list[Piece], Piece | None]:
    """The adjectives at the end of the pieces ("unstable or serious"); or the opinion, which takes them over."""
    start = len(out)
    while start and (out[start - 1].kind in _SAID_OF or (start < len(out) and _alternative(out, start - 1))):
        start -= 1
    judged = start - 2 if start > 1 and out[start - 1].type == "JOIN" else start - 1
    if start and judged >= 0 and out[judged].kind == "JUDGE" and _WEIGHED.search(str(out[judged].value)):
        del out[judged + 1 :]
        return [], out[judged]
    while start < len(out) and out[start].type == "JOIN":
        start += 1
    return out[start:], None


def _alternative(out: list[Piece], at: int) -> bool:
    """ "mild | or severe": whether a joint stands between adjectives."""
    return out[at].type == "JOIN" and at > 0 and out[at - 1].kind == "QUALIFIER" and out[at + 1].kind == "QUALIFIER"
