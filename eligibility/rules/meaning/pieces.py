"""Tokens and islands → the pieces of a sentence: guarded, merged and normalised so that the grammar takes them all."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.rules.meaning.bound import Reading
from eligibility.rules.meaning.history import OtherTime
from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.measures import Place, rule_of
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Graded, Unclear, Window
from eligibility.rules.words import Token
from eligibility.vocabulary.tables import Vocabulary

# What a token is in a sentence: the first of its types in this order.
_ORDER = {
    kind: rank
    for rank, kind in enumerate(
        "LPAR RPAR ITEM STOP SEMI COMMA ETC ANY_OF ALL_OF TWO_OF THREE_OF NONE_OF UNLESS EXCEPT SUCH_AS DEFINED "
        "METHOD IF WHOM COHORT AND OR NOR NOT FAMILY REMOTE ALLERGY ALLERGY_AFTER SUSPECTED THING NAME HISTORY JUDGE CURRENT ACTIVE "
        "QUALIFIER WOMEN MEN PERSON COLON SLASH VERB FILLER".split()
    )
}
_JOINS = {"AND": "and", "OR": "or", "NOR": "or", "COMMA": "comma"}
_TURNS = frozenset(("UNLESS", "EXCEPT", "SUCH_AS", "DEFINED"))
_COUNTS = {"ANY_OF": 1, "ALL_OF": -1, "TWO_OF": 2, "THREE_OF": 3, "NONE_OF": 0}
_SILENT = frozenset(("FILLER", "PERSON", "METHOD"))
# A number, unit or comparison left over behind an island would change its meaning.
_LEFT_OVER = frozenset(
    "NUM UNIT TIME TIMES ULN LLN GE GT LE LT OR_MORE OR_LESS OR_WORSE OR_BETTER OR_OLDER OR_YOUNGER PREDICTED "
    "BASELINE TWICE THRICE AGED".split()
)
_COMPARED = frozenset(("GE", "GT", "LE", "LT"))
_EVENT = frozenset(("SINCE", "BEFORE", "AGO"))


class Pieces:
    """One pass from tokens to the pieces of a sentence."""

    def __init__(self, text: str, tokens: Sequence[Token], found: Sequence[Island], vocabulary: Vocabulary) -> None:
        self.text, self.tokens, self.vocabulary = text, tokens, vocabulary
        self.islands = {island.first: island for island in found}
        self.raw: list[Piece] = []

    def pieces(self) -> list[Piece]:
        """The pieces in reading order, balanced and normalised; empty for a text without words."""
        at = 0
        while at < len(self.tokens):
            island = self.islands.get(at)
            if island:
                self._island(island)
                at = island.after
            else:
                self._token(at)
                at += 1
        return normalised(balanced(self.raw))

    # ------------------------------------------------------------ islands

    def _island(self, island: Island) -> None:
        start, end = self.tokens[island.first].start, self.tokens[island.after - 1].end
        reading = island.reading
        if isinstance(reading, Window):
            self.raw.append(Piece("WINDOW", start, end, reading))
        elif isinstance(reading, OtherTime):
            self.raw.append(Piece("WORDS", start, end, "a time that is not counted from screening"))
        elif not self._whole(island):
            self._words(start, end, "a number, unit or comparison is left over")
        elif reading.names or reading.age or (reading.person and _in_time(reading)):
            self._reading(island, reading, start, end)
        elif reading.spec.how in ("set", "normal") and not reading.change:
            self._words(start, end)
        else:
            self.raw.append(Piece("ELLIPSIS", start, end, reading))

    def _reading(self, island: Island, reading: Reading, start: int, end: int) -> None:
        place = Place(" ".join(self.text[start:end].split()), (start, end))
        keys = [name.names for name in reading.names] or [("age",)]
        rule = rule_of(reading, keys, self.vocabulary, place)
        kind = "WORDS" if isinstance(rule, Unclear) else "RULE"
        self.raw.append(Piece(kind, start, end, rule if kind == "RULE" else rule.reason))
        if isinstance(rule, Unclear):
            self.raw[-1].value = rule

    def _whole(self, island: Island) -> bool:
        """Whether nothing beside the island belongs to it: an unread number behind, an unread noun before."""
        reading = island.reading
        if island.after < len(self.tokens):
            following = self.tokens[island.after]
            if not _LEFT_OVER.isdisjoint(following.types) or self._cut_short(island.after):
                return False
            if isinstance(reading, Reading) and self._unknown_unit(reading, following):
                return False
            if isinstance(reading, Reading) and not reading.names and not _EVENT.isdisjoint(following.types):
                return False
        return not island.first or self._own_subject(reading, island)

    def _own_subject(self, reading: object, island: Island) -> bool:
        """No unknown noun stands before the subject ("donor hemoglobin"), no time is counted from an event."""
        before, first = self.tokens[island.first - 1], self.tokens[island.first]
        unnamed = isinstance(reading, Reading) and not reading.names and reading.age
        if ("NAME" in first.types or unnamed) and before.types == ("WORD",) and before.text[-1].isalpha():
            return False
        return "NAME" not in first.types or _COMPARED.isdisjoint(before.types)

    def _cut_short(self, at: int) -> bool:
        """Whether the text goes on without a space: "1.5xlarge", "1.Sx"."""
        following = self.tokens[at]
        if following.glued and following.text == "." and at + 1 < len(self.tokens):
            following = self.tokens[at + 1]
        return following.glued and following.types == ("WORD",) and following.text[0].isalnum()

    def _unknown_unit(self, reading: Reading, following: Token) -> bool:
        if following.types[0] != "WORD" or not reading.names or not reading.spec.limits:
            return False
        last = reading.spec.limits[-1].quantity
        words = [self.vocabulary.words[key] for name in reading.names for key in name.names if key in self.vocabulary.words]
        return last.unit is None and last.level is None and any(word.unit for word in words)

    # ------------------------------------------------------------ single tokens

    def _token(self, at: int) -> None:
        token = self.tokens[at]
        kind = min(token.types, key=lambda name: _ORDER.get(name, 99))
        if kind not in _ORDER:
            self._words(token.start, token.end)
        elif kind in ("THING", "NAME"):
            self._thing(at, token)
        elif kind == "SLASH":
            self.raw.append(Piece("SLASH", token.start, token.end, "or"))
        elif kind in _COUNTS:
            self.raw.append(Piece("COUNT", token.start, token.end, _COUNTS[kind]))
        else:
            self.raw.append(Piece(kind, token.start, token.end, token.text))

    def _thing(self, at: int, token: Token) -> None:
        """A concept, unless an unknown noun beside it makes it another thing ("diabetes education")."""
        if self._compound(at):
            self._words(token.start, token.end)
        elif len(token.things) == 1:
            self.raw.append(Piece("THING", token.start, token.end, token.things[0]))
        elif len(token.names) == 1 and token.names[0] in self.vocabulary.words and self.vocabulary.words[token.names[0]].bare:
            word = self.vocabulary.words[token.names[0]]
            levels = tuple(level.value for level in word.levels[1:])
            self.raw.append(Piece("THING", token.start, token.end, Graded(word.key, levels, span=(token.start, token.end))))
        else:
            self._words(token.start, token.end)

    def _compound(self, at: int) -> bool:
        """An unknown noun on either side, or behind it a noun that takes it over ("influenza vaccine")."""
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(self.tokens) and beside not in self.islands:
                token = self.tokens[beside]
                if token.types == ("WORD",) and token.text[0].isalnum():
                    return True
        return at + 1 < len(self.tokens) and "HEAD" in self.tokens[at + 1].types

    def _words(self, start: int, end: int, reason: str = "") -> None:
        last = self.raw[-1] if self.raw else None
        if last is not None and last.kind == "WORDS" and not isinstance(last.value, Unclear):
            last.end, last.value = end, last.value or reason
        else:
            self.raw.append(Piece("WORDS", start, end, reason))


def _in_time(reading: Reading) -> bool:
    units = {limit.quantity.unit for limit in reading.spec.limits} - {None}
    return bool(units) and units <= {"year", "month", "week", "day"} and reading.spec.how == "all"


# ---------------------------------------------------------------- brackets, joints, runs of words


def balanced(pieces: list[Piece]) -> list[Piece]:
    """Brackets without a partner become words; so do lists and sentence ends inside brackets."""
    opened: list[int] = []
    for at, piece in enumerate(pieces):
        if piece.kind == "LPAR":
            opened.append(at)
        elif piece.kind == "RPAR":
            if opened:
                opened.pop()
            else:
                piece.kind = "FILLER"
        elif opened and piece.kind in ("STOP", "ITEM"):
            piece.kind, piece.value = "SEMI", ";"
    for at in opened:
        pieces[at].kind = "FILLER"
    return pieces


def normalised(pieces: list[Piece]) -> list[Piece]:
    """One joint between two members, none at the edges; silent words dropped; runs of words in one piece."""
    out: list[Piece] = []
    for piece in pieces:
        _place(piece, out)
    while out and out[-1].type in ("JOIN", "TURN", "SEMI", "_STOP", "ITEM"):
        out.pop()
    return out


def _place(piece: Piece, out: list[Piece]) -> None:
    last = out[-1] if out else None
    opening = last is None or last.type in ("LPAR", "SEMI", "_STOP", "ITEM")
    if piece.kind in _SILENT:
        return
    if piece.kind in _JOINS or piece.kind == "SLASH":
        _join(piece, out, last, opening)
    elif piece.kind in ("SEMI", "STOP", "ITEM", "RPAR"):
        _close(piece, out)
    elif piece.kind in _TURNS:
        if last is not None and last.type == "JOIN":
            out.pop()
            last = out[-1] if out else None
        piece.type = "PIECE" if opening or (last is not None and last.type == "TURN") else "TURN"
        out.append(piece)
    elif piece.kind == "LPAR":
        piece.type = "LPAR"
        out.append(piece)
    elif piece.kind == "WORDS" and last is not None and last.kind == "WORDS" and not _marked(last) and not _marked(piece):
        last.end = piece.end
        last.value = last.value or piece.value
    elif not (piece.kind == "VERB" and opening):
        out.append(piece)


def _marked(piece: Piece) -> bool:
    return isinstance(piece.value, Unclear)


def _join(piece: Piece, out: list[Piece], last: Piece | None, opening: bool) -> None:
    value = _JOINS.get(piece.kind, "or")
    if opening:
        if last is not None and last.type == "LPAR" and value != "comma":
            out.append(Piece("LEAD", piece.start, piece.end, value))
        return
    assert last is not None
    if last.type == "JOIN":
        last.end = piece.end
        if value != "comma":
            last.value = f"comma_{value}" if last.value.startswith("comma") else value
    elif last.type != "TURN" and last.kind not in ("LEAD",):
        out.append(Piece("JOIN", piece.start, piece.end, value, "JOIN"))


def _close(piece: Piece, out: list[Piece]) -> None:
    """A mark that ends what is open: a joint or turn before it joins nothing."""
    joint = ""
    while out and out[-1].type in ("JOIN", "TURN", "SEMI") or (piece.kind in ("STOP", "ITEM") and out and out[-1].type in ("_STOP",)):
        ended = out.pop()
        joint = str(ended.value) if ended.type == "JOIN" else joint
    if piece.kind == "RPAR":
        if out and out[-1].type == "LPAR":
            out.pop()
            return
        piece.type = "RPAR"
    elif not out and piece.kind != "ITEM":
        return
    else:
        if out and out[-1].type == "ITEM":
            out.pop()
        piece.type = {"SEMI": "SEMI", "STOP": "_STOP", "ITEM": "ITEM"}[piece.kind]
        piece.value = joint.removeprefix("comma_")
    out.append(piece)
