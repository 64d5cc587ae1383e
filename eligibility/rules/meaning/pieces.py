"""Tokens and islands → the pieces of a sentence: guarded, merged and normalised so that the grammar takes them all."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.history import Moment, OtherTime, Washout
from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.measures import rule_of
from eligibility.rules.meaning.normalising import balanced, normalised
from eligibility.rules.meaning.place import Place
from eligibility.rules.meaning.reading import Count, Reading, in_time
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Graded, Unclear, Window
from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

# What a token is in a sentence: the first of its types in this order.
PIECES = (
    "LPAR",
    "RPAR",
    "ITEM",
    "STOP",
    "SEMI",
    "COMMA",
    "ETC",
    "ANY_OF",
    "ALL_OF",
    "NONE_OF",
    "EXCLUDED",
    "REGARDLESS",
    "UNLESS",
    "EXCEPT",
    "SUCH_AS",
    "DEFINED",
    "ALLOW",
    "METHOD",
    "IF",
    "WHOM",
    "COHORT",
    "AND",
    "OR",
    "NOR",
    "NOT",
    "FAMILY",
    "PLANNED",
    "REMOTE",
    "ALLERGY",
    "ALLERGY_AFTER",
    "SUSPECTED",
    "THING",
    "NAME",
    "EVER",
    "HISTORY",
    "NEGATIVE",
    "JUDGE",
    "CURRENT",
    "ACTIVE",
    "OTHER",
    "HIDDEN",
    "QUALIFIER",
    "WOMEN",
    "MEN",
    "PERSON",
    "COLON",
    "SLASH",
    "VERB",
    "FILLER",
)
_RANK = {kind: rank for rank, kind in enumerate(PIECES)}
_COUNTS = {"ANY_OF": 1, "ALL_OF": -1, "NONE_OF": 0}
# A number, unit or comparison left over behind an island would change its meaning.
_LEFT_OVER = frozenset(
    (
        "NUM",
        "UNIT",
        "TIME",
        "TIMES",
        "ULN",
        "LLN",
        "GE",
        "GT",
        "LE",
        "LT",
        "OR_MORE",
        "OR_LESS",
        "OR_WORSE",
        "OR_BETTER",
        "OR_OLDER",
        "OR_YOUNGER",
        "PREDICTED",
        "BASELINE",
        "TWICE",
        "THRICE",
        "AGED",
    )
)
_COMPARED = frozenset(("GE", "GT", "LE", "LT"))
# A capital "Patients" behind one of these begins a new sentence, its full stop lost.
_SAID = frozenset(("THING", "RULE", "WORDS", "RPAR"))
_HYPHENS = frozenset("-‐‑")
_ARTICLES = frozenset(("the", "a", "an", "any", "their", "his", "her", "its"))
_PREPOSITIONS = frozenset(("of", "for", "in", "on", "by", "to", "from", "against", "about", "into", "at"))
_EVENT = frozenset(("SINCE", "BEFORE", "AGO"))
# Types that are only looked at beside an island or a thing.
GUARDS = _LEFT_OVER | _COMPARED | _EVENT | {"HEAD"}


class Pieces:
    """One pass from tokens to the pieces of a sentence."""

    def __init__(
        self, text: str, tokens: Sequence[Token], found: Sequence[Island], vocabulary: Vocabulary, side: Side
    ) -> None:
        self.side = side
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
        elif isinstance(reading, Washout) and reading.window:
            self.raw.append(Piece("WASHOUT", start, end, reading.window))
        elif isinstance(reading, Count) and reading.least is not None:
            self.raw.append(Piece("COUNT", start, end, reading.least))
        elif isinstance(reading, Count):
            self.raw.append(Piece("AT_MOST", start, end))
        elif isinstance(reading, Washout):
            self._words(start, end, "a time that is bounded from above")
        elif isinstance(reading, Moment):
            self.raw.append(Piece("FILLER", start, end))
        elif isinstance(reading, OtherTime):
            self.raw.append(Piece("WORDS", start, end, "a time that is not counted from screening"))
        elif not self._whole(island):
            self._words(start, end, "a number, unit or comparison is left over")
        elif reading.names or reading.age or (reading.person and in_time(reading)):
            self._reading(island, reading, start, end)
        elif reading.spec.how in ("set", "normal") and not reading.change:
            self._words(start, end)
        else:
            self.raw.append(Piece("ELLIPSIS", start, end, reading))

    def _reading(self, island: Island, reading: Reading, start: int, end: int) -> None:
        place = Place(" ".join(self.text[start:end].split()), (start, end), self.side)
        keys = [name.names for name in reading.names] or [("age",)]
        rule = rule_of(reading, keys, self.vocabulary, place)
        self.raw.append(Piece("WORDS" if isinstance(rule, Unclear) else "RULE", start, end, rule))

    def _whole(self, island: Island) -> bool:
        """Whether nothing beside the island belongs to it: an unread number behind, an unread noun before."""
        reading = island.reading
        if island.after < len(self.tokens):
            following = self.tokens[island.after]
            if not _LEFT_OVER.isdisjoint(following.types) or self._cut_short(island.after):
                return False
            if isinstance(reading, Reading) and self._unknown_unit(reading, following):
                return False
            if isinstance(reading, Reading) and reading.spec.how == "any" and "VERB" in following.types:
                return False
            if isinstance(reading, Reading) and not reading.names and not _EVENT.isdisjoint(following.types):
                return False
        return not island.first or self._own_subject(reading, island)

    def _own_subject(self, reading: object, island: Island) -> bool:
        """No unknown noun stands before the subject ("donor hemoglobin"), no time is counted from an event."""
        before, first = self.tokens[island.first - 1], self.tokens[island.first]
        unnamed = isinstance(reading, Reading) and not reading.names and reading.age
        named = "NAME" in first.types and not first.text.lower().startswith(("aged", "aging", "between"))
        if (named or unnamed) and before.types == ("WORD",) and before.text[-1].isalpha():
            return False
        return "NAME" not in first.types or _COMPARED.isdisjoint(before.types)

    def _cut_short(self, at: int) -> bool:
        """Whether the text goes on without a space: "1.5xlarge", "1.Sx"."""
        following = self.tokens[at]
        if following.glued and following.text in (".", ",") and at + 1 < len(self.tokens):
            following = self.tokens[at + 1]
            if following.glued and following.text == ",":
                return True
        return following.glued and following.types == ("WORD",) and following.text[0].isalnum()

    def _unknown_unit(self, reading: Reading, following: Token) -> bool:
        if following.types[0] != "WORD" or not reading.names or not reading.spec.limits:
            return False
        last = reading.spec.limits[-1].quantity
        words = [
            self.vocabulary.words[key] for name in reading.names for key in name.names if key in self.vocabulary.words
        ]
        return last.unit is None and last.level is None and any(word.unit for word in words)

    # ------------------------------------------------------------ single tokens

    def _token(self, at: int) -> None:
        token = self.tokens[at]
        kind = min(token.types, key=lambda name: _RANK.get(name, len(PIECES)))
        if kind not in _RANK:
            self._words(token.start, token.end)
        elif kind in ("THING", "NAME"):
            self._thing(at, token)
        elif kind == "SLASH":
            self.raw.append(Piece("SLASH", token.start, token.end, "or"))
        elif kind == "NOT" and self._unread(at):
            self._words(token.start, token.end)
        elif kind == "NOT" and token.text[0].isupper() and self.raw and self.raw[-1].kind in _SAID:
            self.raw.append(Piece("STOP", token.start, token.start))
            self.raw.append(Piece(kind, token.start, token.end, token.text))
        elif kind == "FILLER" and token.text in _HYPHENS and not token.glued:
            self.raw.append(Piece("COMMA", token.start, token.end, token.text))
        elif kind == "PERSON" and token.text[0].isupper() and self.raw and self.raw[-1].kind in _SAID:
            self.raw.append(Piece("STOP", token.start, token.end))
        elif kind in _COUNTS and at and not {"LE", "LT"}.isdisjoint(self.tokens[at - 1].types):
            self.raw.append(Piece("AT_MOST", token.start, token.end))
        elif kind in _COUNTS:
            self.raw.append(Piece("COUNT", token.start, token.end, _COUNTS[kind]))
        else:
            self.raw.append(Piece(kind, token.start, token.end, token.text))

    def _unread(self, at: int) -> bool:
        """ "non-ACTG": what is not read cannot be denied by a part of its name."""
        if self.tokens[at].text.lower() != "non":
            return False
        behind = [token for token in self.tokens[at + 1 : at + 3] if token.text not in _HYPHENS]
        return not behind or not (behind[0].things or behind[0].names)

    def _thing(self, at: int, token: Token) -> None:
        """A concept, unless an unknown noun beside it makes it another thing ("diabetes education")."""
        if self._compound(at) or self._complement(at):
            self._words(token.start, token.end)
        elif len(token.things) == 1:
            self.raw.append(Piece("THING", token.start, token.end, token.things[0]))
        elif (
            len(token.names) == 1
            and token.names[0] in self.vocabulary.words
            and self.vocabulary.words[token.names[0]].bare
        ):
            word = self.vocabulary.words[token.names[0]]
            levels = tuple(level.value for level in word.levels[1:])
            self.raw.append(
                Piece("THING", token.start, token.end, Graded(word.key, levels, span=(token.start, token.end)))
            )
        else:
            self._words(token.start, token.end)

    def _compound(self, at: int) -> bool:
        """An unknown noun on either side, or behind it a noun that takes it over ("influenza vaccine")."""
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(self.tokens) and beside not in self.islands:
                token = self.tokens[beside]
                if token.types == ("WORD",) and token.text[0].isalnum():
                    return True
        if at and self.tokens[at - 1].types[0] == "NUM":
            return True
        if at + 1 < len(self.tokens) and "HEAD" in self.tokens[at + 1].types:
            return True
        return self._hyphened(at)

    def _hyphened(self, at: int) -> bool:
        """ "pre-stroke", "insulin-dependent": part of a longer word, unless that denies or blames the thing."""
        if at > 1 and self.tokens[at].glued and self.tokens[at - 1].text in _HYPHENS and self.tokens[at - 1].glued:
            return "NOT" not in self.tokens[at - 2].types
        if at + 2 < len(self.tokens) and self.tokens[at + 1].glued and self.tokens[at + 1].text in _HYPHENS:
            behind = self.tokens[at + 2]
            return behind.glued and (behind.types == ("WORD",) or "HEAD" in behind.types)
        return False

    def _complement(self, at: int) -> bool:
        """ "culture of influenza virus", "surgery for cancer": the thing belongs to a noun that is not known."""
        before = at - 1
        while before > 0 and self.tokens[before].text.lower() in _ARTICLES:
            before -= 1
        if (
            before < 1
            or self.tokens[before].text.lower().removesuffix(" the") not in _PREPOSITIONS
            or before in self.islands
        ):
            return False
        head = self.tokens[before - 1]
        return (head.types == ("WORD",) and head.text[0].isalnum()) or not {"HEAD", "THING"}.isdisjoint(head.types)

    def _words(self, start: int, end: int, reason: str = "") -> None:
        last = self.raw[-1] if self.raw else None
        if last is not None and last.kind == "WORDS" and not isinstance(last.value, Unclear):
            last.end, last.value = end, last.value or reason
        else:
            self.raw.append(Piece("WORDS", start, end, reason))
