"""Tokens and islands → the pieces of a sentence: guarded, merged and normalised so that the grammar takes them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.again import upto
from eligibility.rules.meaning.anchored import without_drug
from eligibility.rules.meaning.beside import Beside
from eligibility.rules.meaning.both import given_too
from eligibility.rules.meaning.counts import of_some
from eligibility.rules.meaning.formulas import by_formula, methods_end, of_nothing
from eligibility.rules.meaning.groups import bound
from eligibility.rules.meaning.history import Before, Moment, OtherTime, Washout
from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.kinds import PIECES, RANK, kind_of
from eligibility.rules.meaning.measures import rule_of
from eligibility.rules.meaning.naming import with_names
from eligibility.rules.meaning.normalising import balanced, normalised
from eligibility.rules.meaning.own_limits import with_own_limits
from eligibility.rules.meaning.participation import is_trial, of_another, participating, trial_from
from eligibility.rules.meaning.place import Place
from eligibility.rules.meaning.proof import among_others
from eligibility.rules.meaning.reading import Count, Reading, in_time, is_multiple
from eligibility.rules.meaning.results import SIGNS, found, named, signed, tested
from eligibility.rules.meaning.run_on import SAID, opens, with_stops
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.meaning.source import CAPPED, DOUBLED, LEFT_OVER, NOT_NOW, OF_TRIAL, OTHER_TIME
from eligibility.rules.rule import Graded, Measured, Rule, Unclear, Window
from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

_COUNTS: Final = {"ANY_OF": 1, "ALL_OF": -1, "NONE_OF": 0}
# What becomes a piece whatever stands beside it.
_IN_PLACE: Final = frozenset(("OF_TRIAL", "THING", "NAME", "SLASH", "NOT", "FILLER", "PERSON", "THEN"))
_AS_WRITTEN: Final = frozenset(PIECES) - _IN_PLACE - frozenset(_COUNTS)
# Persons who are not all whom a trial may take.
_SOME: Final = frozenset(("children", "adults", "adolescents", "infants", "neonates", "newborns", "elderly", "minors"))
# Words of allowing that may describe what stands behind them, and what that may be.
_ADJECTIVES: Final = frozenset(("acceptable", "allowed", "permitted", "not allowed", "not permitted"))
_DESCRIBED: Final = frozenset(("THING", "JUDGE", "QUALIFIER", "HEAD", "NAME"))
_WORD: Final = ("WORD",)
_METHODS: Final = ("METHOD", "BY", "GAUGE")
# Where a search for an allergy before a place ends.
_ALLERGIC: Final = frozenset(("ALLERGY", "NOT", "STOP", "ITEM", "SEMI"))
_HYPHENS: Final = frozenset("-‐‑")
_WHO: Final = ("who", "whom")
_SENTENCES: Final = SAID | {"ELLIPSIS"}


class Pieces:
    """One pass from tokens to the pieces of a sentence."""

    def __init__(
        self, text: str, tokens: Sequence[Token], found: Sequence[Island], vocabulary: Vocabulary, side: Side
    ) -> None:
        self.text, self.side, self.tokens, self.vocabulary = text, side, tokens, vocabulary
        self.said = self.upto = 0  # where what was read as a whole ends: a method, a trial
        self.islands = {island.first: island for island in found}
        self.raw: list[Piece] = []
        self.readings: list[Rule] = []
        self.loud = text.isupper()
        self.beside = Beside(text, tokens, self.islands, vocabulary)

    def pieces(self) -> list[Piece]:
        """The pieces in reading order, balanced and normalised; empty for a text without words."""
        at = 0
        while at < len(self.tokens):
            island = self.islands.get(at)
            if island and not self._misnamed(island):
                self._island(island)
                at = upto(island, self.tokens, self.islands)
            else:
                self._token(at)
                at += 1
        said = with_stops(bound(self.raw, self.side, self.text), self.text, self.vocabulary)
        found = with_own_limits(without_drug(normalised(balanced(said)), self.text))
        if self.side == "exclusion":
            found = given_too(found, self.text, self.vocabulary)
        return with_names(found, self.text, self.vocabulary)

    def _misnamed(self, island: Island) -> bool:
        """ "severe anemia (< 8 weeks)": what stands behind a finding is no value of it; the finding stays one."""
        reading = island.reading
        first = self.tokens[island.first]
        if island.after - island.first == 1 and "FILLER" in first.types and not first.glued:
            return True  # "A diagnosis", which is no stage A
        if not isinstance(reading, Reading) or not reading.finding:
            return False
        place = Place("", (0, 0), self.side)
        return not self.beside.whole(island) or isinstance(self._rule(reading, place), Unclear)

    def _island(self, island: Island) -> None:
        start, end = self.tokens[island.first].start, self.tokens[island.after - 1].end
        reading = island.reading
        if isinstance(reading, Window) and self.beside.dated(island.after):
            self.raw.append(Piece("WORDS", start, end, OTHER_TIME))
        elif isinstance(reading, Window):
            self.raw.append(Piece("WINDOW", start, end, reading))
        elif isinstance(reading, Washout) and reading.window:
            self._washout(island, reading, start, end)
        elif isinstance(reading, Count):
            kind = "AT_MOST" if reading.least is None else "COUNT"
            self.raw.append(Piece(kind, start, end, reading.least))
        elif isinstance(reading, Washout):
            self._words(start, end, CAPPED)
        elif isinstance(reading, Before) and self.side == "exclusion" and self.raw and self.raw[-1].kind == "THING":
            self.raw.append(Piece("WINDOW", start, end, reading.window))  # nobody is excluded for a day long ago
        elif isinstance(reading, Before):
            self._words(start, end, LEFT_OVER)
        elif isinstance(reading, Moment):
            self.raw.append(Piece("FILLER", start, end))
        elif isinstance(reading, OtherTime):
            then = "THEN" in self.tokens[island.first].types
            self.raw.append(Piece("WORDS", start, end, NOT_NOW if then else OTHER_TIME))
        elif not self.beside.whole(island):
            self._words(start, end, LEFT_OVER)
        elif (reading.person or reading.age) and island.first and self.tokens[island.first - 1].text.lower() == "for":
            self.raw.append(Piece("CASE", start, start))
            self._reading(island, reading, start, end)
        elif reading.names or reading.age or (reading.person and in_time(reading)):
            self._reading(island, reading, start, end)
        elif is_multiple(reading):
            self.raw.append(Piece("MULTIPLE", start, end, reading.spec.limits[0].quantity))
        elif self.text[start:end] == "A":
            self.raw.append(Piece("FILLER", start, end, "a"))
        elif reading.spec.how in ("set", "normal") and not reading.change:
            self._words(start, end)
        else:
            self.raw.append(Piece("ELLIPSIS", start, end, reading))

    def _washout(self, island: Island, reading: Washout, start: int, end: int) -> None:
        """ "4 weeks since" on an exclusion list: hardly anybody is excluded because much time has passed."""
        if self._ranged(island.first):
            self._words(start, end, OTHER_TIME)
        elif self.side == "exclusion" and not reading.lately:
            self._words(start, end, DOUBLED)
        else:
            self.raw.append(Piece("LATELY" if reading.lately else "WASHOUT", start, end, reading.window))

    def _ranged(self, at: int) -> bool:
        """ "within 6 months to | 10 years post": what ends a range of times need not have passed."""
        return at > 0 and "TO" in self.tokens[at - 1].types

    def _reading(self, island: Island, reading: Reading, start: int, end: int) -> None:
        if opens(self.text, self.raw, start) and isinstance(
            self._rule(reading, Place("", (0, 0), self.side)), Measured
        ):
            self.raw.append(Piece("STOP", start, start))
        place = Place(" ".join(self.text[start:end].split()), (start, end), self.side)
        self.said = methods_end(self.tokens, island.after, end)
        rule = by_formula(self._rule(reading, place), self.text[start : self.said], self.vocabulary)
        if isinstance(rule, Unclear):
            self.readings.extend(rule.rules)
            self.raw.append(Piece("WORDS", start, end, rule))
        else:
            self.readings.append(rule)
            self.raw.append(Piece("RULE", start, end, rule))
            if of_some(rule, self.text, end, self.vocabulary):
                self.raw.append(Piece("COUNTED_OF", end, end))

    def _rule(self, reading: Reading, place: Place) -> Rule:
        keys = [name.findings if reading.finding else name.names for name in reading.names] or [("age",)]
        return rule_of(reading, keys, self.vocabulary, place)

    # ------------------------------------------------------------ single tokens

    def _token(self, at: int) -> None:
        token = self.tokens[at]
        if token.start < self.upto:
            return
        if token.types == _WORD and token.text not in SIGNS:  # most tokens
            self._words(token.start, token.end)
            return
        kind = kind_of(token.types)
        sign = signed(self.tokens, at) if token.text in SIGNS and tested(self.raw) else ""
        if "PARTICIPATES" in token.types and (said := participating(self.text, self.tokens, at, self.raw, self.side)):
            self.raw += said
            self.upto = said[-1].end
        elif sign:
            self.raw.append(Piece(sign, token.start, token.end, token.text))
        elif kind == "FILLER":
            self.raw.append(Piece(self._filling(at, token), token.start, token.end, token.text))
        elif (kind in _METHODS and of_nothing(self.tokens, at, self.said, self.vocabulary)) or (
            kind == "ALLOW" and self._adjective(at)
        ):
            self._words(token.start, token.end)
        elif kind in _AS_WRITTEN:
            several = kind == "METHOD" and among_others(self.tokens, at, self.vocabulary)
            self.raw.append(Piece("REASON" if several else kind, token.start, token.end, token.text))
        elif kind not in RANK:
            if not (token.text.lower() == "baseline" and at + 1 < len(self.tokens) and self.tokens[at + 1].things):
                self._words(token.start, token.end)  # "baseline neuropathy" is one
        elif kind == "THEN":
            self._words(token.start, token.end, NOT_NOW)
        elif kind == "OF_TRIAL":
            self._of_trial(at, token)
        elif kind in ("THING", "NAME"):
            self._thing(at, token)
        elif kind == "SLASH":
            self.raw.append(Piece("SLASH", token.start, token.end, "or"))
        elif kind == "NOT" and self.beside.unread(at):
            self._words(token.start, token.end)
        elif kind == "NOT" and token.text[0].isupper() and self.raw and self.raw[-1].kind in _SENTENCES:
            self.raw.append(Piece("STOP", token.start, token.start))
            self.raw.append(Piece(kind, token.start, token.end, token.text))
        elif kind == "PERSON" and self._in_some(at, token):
            self.raw.append(Piece("WHOM", token.start, token.end))
        elif kind == "PERSON" and at and self.raw and self.tokens[at - 1].text.lower() == "for":
            self.raw.append(Piece("CASE", token.start, token.end))
        elif kind == "PERSON" and token.text[0].isupper() and self.raw and self.raw[-1].kind in SAID and not self.loud:
            self.raw.append(Piece("STOP", token.start, token.end))
        elif kind in _COUNTS and at and not {"LE", "LT"}.isdisjoint(self.tokens[at - 1].types):
            self.raw.append(Piece("AT_MOST", token.start, token.end))
        elif kind in _COUNTS:
            self.raw.append(Piece("COUNT", token.start, token.end, _COUNTS[kind]))
        else:
            self.raw.append(Piece(kind, token.start, token.end, token.text))

    def _filling(self, at: int, token: Token) -> str:
        """What words that mostly say nothing say in their place: "presence of HBsAg", "A - B", ", who"."""
        word = token.text
        if word in _HYPHENS:
            return "FILLER" if token.glued else "COMMA"
        word = word.lower()
        if word in _WHO and at and self.tokens[at - 1].types[0] == "COMMA":
            return "RELATIVE"
        if word == "for" and self._for_patients(at):
            return "CASE"
        return "POSITIVE" if found(self.tokens, at, self.vocabulary) else "FILLER"

    def _adjective(self, at: int) -> bool:
        """ "acceptable contraception", "permitted steroids": a word of allowing before what it describes."""
        behind = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        described = behind is not None and (behind.types == _WORD or kind_of(behind.types) in _DESCRIBED)
        return described and self.tokens[at].text.lower() in _ADJECTIVES

    def _in_some(self, at: int, token: Token) -> bool:
        """ "BMI > 30 in children": whom a limit before it is for."""
        ruled = any(piece.kind in ("RULE", "ELLIPSIS") for piece in self.raw[-3:])
        return ruled and token.text.lower() in _SOME and self.tokens[at - 1].text.lower() in ("in", "among")

    def _for_patients(self, at: int) -> bool:
        """ "HbA1c < 8 % for diabetic patients": whom a limit is for."""
        behind = self.tokens[at + 1 : at + 4]
        ruled = bool(self.raw) and self.raw[-1].kind == "RULE" and any("PERSON" in token.types for token in behind)
        return ruled and bool(behind) and bool(behind[0].things)

    def _of_anchor(self, at: int) -> bool:
        """ "within 28 days of dosing of | the study drug": a part of the visit a time is counted from."""
        last = self.raw[-1] if self.raw else None
        if at < 2 or last is None or last.kind not in ("WINDOW", "FILLER"):
            return False
        before = self.raw[-2] if last.kind == "FILLER" and len(self.raw) > 1 else last
        return (
            before.kind == "WINDOW" and before.value.anchor != "screening" and self.tokens[at - 1].text.lower() == "of"
        )

    def _thing(self, at: int, token: Token) -> None:
        """A concept, unless an unknown noun beside it makes it another thing ("diabetes education")."""
        if self._of_anchor(at):
            return
        this_trial = is_trial(token) and not of_another(self.tokens, at, self.raw, self.side)
        if this_trial or self.beside.compound(at) or self.beside.complement(at) or self.beside.specified(at):
            self._words(token.start, token.end)
        elif len(token.things) == 1:
            start = trial_from(self.raw, token) if is_trial(token) else token.start
            self.raw.append(Piece("THING", start, token.end, named(token.things[0], self.vocabulary)))
        elif len(token.names) == 1 and (word := self.vocabulary.words.get(token.names[0])) is not None and word.bare:
            levels = tuple(level.value for level in word.levels[1:])
            self.raw.append(
                Piece("THING", token.start, token.end, Graded(word.key, levels, span=(token.start, token.end)))
            )
        else:
            self._words(token.start, token.end)

    def _of_trial(self, at: int, token: Token) -> None:
        """ "allergy to the study drug or its excipients": what these are differs from trial to trial."""
        if self._allergic():
            self.raw.append(Piece("JUDGE", token.start, token.end, OF_TRIAL))
        elif "THING" in token.types:
            self._thing(at, token)
        else:
            self._words(token.start, token.end)

    def _allergic(self) -> bool:
        """Whether the sentence so far speaks of an allergy, and denies none: how far a denial reaches is not judged."""
        kinds = [piece.kind for piece in self.raw if piece.kind in _ALLERGIC]
        return kinds[-1:] == ["ALLERGY"] and "NOT" not in kinds

    def _words(self, start: int, end: int, reason: str = "") -> None:
        last = self.raw[-1] if self.raw else None
        if last is not None and last.kind == "WORDS" and not isinstance(last.value, Unclear):
            last.end, last.value = end, last.value or reason
        else:
            self.raw.append(Piece("WORDS", start, end, reason))
