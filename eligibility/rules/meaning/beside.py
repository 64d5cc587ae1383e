"""What stands beside an island or a thing, and whether it makes it something else: guards against cut readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.proof import is_done, is_given
from eligibility.rules.meaning.reading import Reading
from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

# A number, unit or comparison left over behind an island would change its meaning.
_LEFT_OVER: Final = frozenset((
    "NUM", "UNIT", "TIME", "TIMES", "ULN", "LLN", "GE", "GT", "LE", "LT", "OR_MORE", "OR_LESS",
    "OR_WORSE", "OR_BETTER", "WORSE", "BETTER", "NOT_WORSE", "NOT_BETTER", "OR_OLDER", "OR_YOUNGER",
    "PREDICTED", "BASELINE", "TWICE", "THRICE", "AGED",
))  # fmt: skip
_COMPARED: Final = frozenset(("GE", "GT", "LE", "LT", "WORSE", "BETTER", "NOT_WORSE", "NOT_BETTER"))
_AT_MOST: Final = frozenset(("LE", "LT", "NOT_WORSE", "BETTER"))
_CHANGES: Final = frozenset(("CHANGE", "RISE", "FALL"))
_EVENT: Final = frozenset(("SINCE", "BEFORE", "EARLIER", "AGO"))
_MULTIPLES: Final = frozenset(("ULN", "LLN", "TIMES"))
_SAID_OF: Final = frozenset(("QUALIFIER", "CURRENT", "ACTIVE", "OTHER", "HISTORY"))
_NORMAL: Final = frozenset(("upper", "uln", "unl", "iuln"))
_OF_AN_EVENT: Final = frozenset(("of", "from", "after", "since", "before", "prior to", "following"))
# "study vaccination": what the trial itself gives.
_OF_THE_TRIAL: Final = frozenset(("study", "trial", "protocol", "investigational"))
_SHORT_WORDS: Final = frozenset(("and", "or", "the", "as", "by", "per", "not", "any", "who", "has", "is"))
_SIGNS, _HYPHENS = frozenset("+=±"), frozenset("-‐‑")
_UNKNOWN: Final = frozenset((("WORD",), ("AIDED",)))
# "diagnosed at age 40", "onset before age 18": an age that was.
_AT_AN_AGE: Final = frozenset(("at", "at an", "at the", "before", "after", "by", "since", "prior to", "from", "until"))
_SAYS: Final = frozenset((
    "that is", "that are", "which is", "which are", "that", "which", "is", "are", "was",
    "were", "must be", "should be", "be", "has been",
))  # fmt: skip
_JOINTS: Final = frozenset(("SLASH", "OR", "AND", "COMMA"))
# What may stand between a requirement and one of the things that are required.
_AMONG: Final = frozenset(("QUALIFIER", "FILLER", "OR", "AND", "COMMA", "SLASH"))
# "disorder affecting absorption": words that tell of the thing before them, and make no other thing of it.
_BINDING: Final = {"affecting", "involving", "limiting", "impairing", "confined", "located", "restricted", "despite"}
_ARTICLES: Final = frozenset(("the", "a", "an", "any", "their", "his", "her", "its"))
_DIAGNOSED: Final = _ARTICLES | {"diagnosis of", "a diagnosis of", "the diagnosis of"}
_PREPOSITIONS: Final = frozenset(("of", "for", "in", "on", "by", "to", "from", "against", "about", "into", "at"))
# Types that are only looked at beside an island or a thing.
GUARDS: Final = _CHANGES | _LEFT_OVER | _COMPARED | _EVENT | {"HEAD", "NO_COHORT", "PARTICIPATES"}


class Beside:
    """The tokens of one text, asked what stands before and behind a place."""

    def __init__(
        self, text: str, tokens: Sequence[Token], islands: Mapping[int, Island], vocabulary: Vocabulary
    ) -> None:
        self.text, self.tokens, self.islands, self.vocabulary = text, tokens, islands, vocabulary

    def whole(self, island: Island) -> bool:
        """Whether nothing beside the island belongs to it: an unread number behind, an unread noun before."""
        reading = island.reading
        if island.after < len(self.tokens):
            following = self.tokens[island.after]
            if self._footnote(island.after):
                return not island.first or self._own_subject(reading, island)
            if not _LEFT_OVER.isdisjoint(following.types) or self._cut_short(island.after):
                return False
            behind = self.tokens[island.after + 1] if island.after + 1 < len(self.tokens) else following
            if following.types[0] == "LINK" and not _MULTIPLES.isdisjoint(behind.types):
                return False
            if self._list_goes_on(reading, following, behind) or self._normal_behind(island.after):
                return False
            if following.text in _SIGNS or self._divided(island.after):
                return False
            if isinstance(reading, Reading) and self._of_another(reading, island.after):
                return False
            if isinstance(reading, Reading) and self._unknown_unit(reading, following):
                return False
            if isinstance(reading, Reading) and reading.spec.how == "any" and "VERB" in following.types:
                return False
            if isinstance(reading, Reading) and following.text.lower() in _OF_AN_EVENT and self._times_within(island):
                return False
            dated = following.types[:1] if isinstance(reading, Reading) and reading.age else following.types
            if isinstance(reading, Reading) and not reading.names and not _EVENT.isdisjoint(dated):
                return False
        return not island.first or self._own_subject(reading, island)

    def _times_within(self, island: Island) -> bool:
        """ "age within 5 to 10 years | of diagnosis": a range of times, not of ages."""
        return any(token.type == "WITHIN" for token in self.tokens[island.first : island.after])

    def _of_another(self, reading: Reading, at: int) -> bool:
        """ "blood pressure exceeding 139 systolic": whether a name behind a limit, with none of its own, may have it.

        A capital begins the next line of a flattened list: "Karnofsky 60-100% Life expectancy: Not specified".
        """
        own = {key for name in reading.names for key in name.names}
        token = self.tokens[at]
        if "NAME" not in token.types:
            return False
        return not own or (at not in self.islands and token.text[0].islower() and own.isdisjoint(token.names))

    def _footnote(self, at: int) -> bool:
        """ "≤ 3 × ULN*": a sign behind which no number comes multiplies nothing."""
        behind = self.tokens[at + 1].types if at + 1 < len(self.tokens) else ("STOP",)
        return self.tokens[at].text == "*" and not {"STOP", "ITEM", "RPAR", "SEMI", "COMMA"}.isdisjoint(behind)

    def _list_goes_on(self, reading: object, following: Token, behind: Token) -> bool:
        """ "NYHA class III or lV": levels of which the last was not read."""
        if not isinstance(reading, Reading) or not reading.names or not all(name.graded for name in reading.names):
            return False
        joins = not {"OR", "TO", "SLASH", "COMMA"}.isdisjoint(following.types)
        return joins and behind.types == ("WORD",) and len(behind.text) < 4 and behind.text.lower() not in _SHORT_WORDS

    def _normal_behind(self, at: int) -> bool:
        """ "≥ 1.5 the upper value of normal": a multiple whose limit was not read."""
        words = [token.text.lower() for token in self.tokens[at : at + 3]]
        return self.tokens[at].types[0] != "COMMA" and not _NORMAL.isdisjoint(words)

    def _divided(self, at: int) -> bool:
        """ "100,000/dL": a slash and a word glued behind a number are a unit that is not known."""
        behind = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        slash = self.tokens[at].text == "/" and self.tokens[at].glued
        return slash and behind is not None and behind.glued and behind.types == ("WORD",)

    def _own_subject(self, reading: object, island: Island) -> bool:
        """No unknown noun stands before the subject ("donor hemoglobin"), no time is counted from an event."""
        before, first = self.tokens[island.first - 1], self.tokens[island.first]
        if not isinstance(reading, Reading):
            return True
        if before.text in _HYPHENS and island.first > 1 and self.tokens[island.first - 2].text.lower() == "non":
            return False
        ratio = before.text.lower() == "to" and island.first > 1 and self.tokens[island.first - 2].names
        if ratio and "NAME" in first.types:
            return False
        aged = len(reading.names) == 1 and reading.names[0].names == ("age",)
        if aged and before.text.lower() in _AT_AN_AGE:
            return False
        if reading.reversed and (before.types == ("WORD",) or before.names):
            return False
        if not reading.names and reading.age and self._of_a_thing(island.first):
            return False
        unnamed = not reading.names and reading.age and "PERSON" not in first.types
        if self._of_change(island.first - 1) or (unnamed and not self._aged(reading, before)):
            return False
        named = "NAME" in first.types and not first.text.lower().startswith(("aged", "aging", "between"))
        if (named or unnamed) and before.types == ("WORD",) and before.text[-1].isalpha():
            return False
        return "NAME" not in first.types or _COMPARED.isdisjoint(before.types)

    def _of_a_thing(self, first: int) -> bool:
        """ "a tumour sample that is no older than 3 years": the age of what is named before the verb."""
        at = first - 1
        while at >= 0 and self.tokens[at].text.lower() in _SAYS:
            at -= 1
        return 0 <= at < first - 1 and self.tokens[at].types == ("WORD",) and self.tokens[at].text[-1].isalpha()

    def _of_change(self, at: int) -> bool:
        """ "changes in body weight": a size of a change, not of the thing."""
        if at and self.tokens[at].text.lower() in _PREPOSITIONS:
            at -= 1
        return not _CHANGES.isdisjoint(self.tokens[at].types)

    def _aged(self, reading: Reading, before: Token) -> bool:
        """Weeks and months are an age only of people: "ulcers more than 4 weeks old" are none."""
        units = {limit.quantity.unit for limit in reading.spec.limits}
        return units <= {"year", None} or not {"PERSON", "WOMEN", "MEN", "COMMA", "OR"}.isdisjoint(before.types)

    def _unknown_unit(self, reading: Reading, following: Token) -> bool:
        if following.types[0] != "WORD" or not reading.names or not reading.spec.limits:
            return False
        last = reading.spec.limits[-1].quantity
        if reading.spec.how == "set" and not all(name.graded for name in reading.names) and last.level is None:
            return True
        words = [self.vocabulary.words[key] for name in reading.names for key in self._members(name)]
        return last.unit is None and last.level is None and any(word.unit for word in words)

    def _members(self, name: Token) -> list[str]:
        groups, words = self.vocabulary.groups, self.vocabulary.words
        known = [member for key in name.names for member in (groups[key].members if key in groups else (key,))]
        return [key for key in known if key in words]

    def dated(self, at: int) -> bool:
        """ "within 4 weeks following transplantation": counted from something else than screening."""
        return at < len(self.tokens) and "SINCE" in self.tokens[at].types

    def _cut_short(self, at: int) -> bool:
        """Whether the text goes on without a space: "1.5xlarge", "1.Sx"."""
        following = self.tokens[at]
        if following.glued and following.text in (".", ",") and at + 1 < len(self.tokens):
            following = self.tokens[at + 1]
            if following.glued and following.text == ",":
                return True
        return following.glued and following.types == ("WORD",) and following.text[0].isalnum()

    def compound(self, at: int) -> bool:
        """An unknown noun on either side, or behind it a noun that takes it over ("influenza vaccine")."""
        if self._heading(at):
            return False
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(self.tokens) and beside not in self.islands:
                token = self.tokens[beside]
                if token.types in _UNKNOWN and token.text[0].isalnum():
                    return beside < at or token.text.lower() not in _BINDING
        if at and (
            (self.tokens[at - 1].types[0] == "NUM" and not self._of_stage(at))
            or self.tokens[at - 1].text.lower() in _OF_THE_TRIAL
        ):
            return True
        if at + 1 < len(self.tokens) and "HEAD" in self.tokens[at + 1].types and not self._heading(at + 1):
            return True
        return self._hyphened(at) or self._required(at)

    def _required(self, at: int) -> bool:
        """ "infection requiring oral antibiotics": what a finding requires tells how bad it is, not what is given."""
        if not is_given(self.tokens[at], self.vocabulary):
            return False
        back = at - 1
        while back > 0 and (self.tokens[back].types[0] in _AMONG or is_given(self.tokens[back], self.vocabulary)):
            back -= 1
        return back > 0 and "requir" in self.tokens[back].text.lower() and bool(self.tokens[back - 1].things)

    def _heading(self, at: int) -> bool:
        """ "Not specified | Surgery: …": a capital behind small letters, and a colon behind it, begin a sentence."""
        if not at or at + 1 >= len(self.tokens) or "COLON" not in self.tokens[at + 1].types:
            return False
        return self.tokens[at].text[0].isupper() and self.tokens[at - 1].text[0].islower()

    def _of_stage(self, at: int) -> bool:
        """ "stage 3 or 4 | endometrial cancer"."""
        first = next((i for i in range(at - 1, max(at - 8, -1), -1) if i in self.islands), at)
        within = self.tokens[first:at]
        graded = any("GRADE" in token.types or token.graded for token in within)
        above = all(_AT_MOST.isdisjoint(token.types) for token in within)  # not "no greater than grade 2 neuropathy"
        return graded and above and self.islands[first].after == at

    def _hyphened(self, at: int) -> bool:
        """ "pre-stroke", "insulin-dependent": part of a longer word, unless that denies or blames the thing."""
        if at > 1 and self.tokens[at].glued and self.tokens[at - 1].text in _HYPHENS and self.tokens[at - 1].glued:
            return "NOT" not in self.tokens[at - 2].types
        if at + 2 < len(self.tokens) and self.tokens[at + 1].glued and self.tokens[at + 1].text in _HYPHENS:
            behind = self.tokens[at + 2]
            if not behind.glued and "OR" in behind.types and not self._tested(at):  # "AIDS- or ARC-defining illness"
                return True
            return behind.glued and (behind.types == ("WORD",) or "HEAD" in behind.types)
        return False

    def _tested(self, at: int) -> bool:
        """ "ER- or PR-positive": whether a test is named, behind which a hyphen may wait for its result."""
        word = self.vocabulary.words.get(self.tokens[at].things[0]) if len(self.tokens[at].things) == 1 else None
        return word is not None and word.result

    def _said_of(self, at: int) -> bool:
        return not _SAID_OF.isdisjoint(self.tokens[at].types) or self.tokens[at].text.lower() in _ARTICLES

    def _joins_adjectives(self, at: int) -> bool:
        """ "therapy for locally advanced/metastatic cancer"."""
        return not _JOINTS.isdisjoint(self.tokens[at].types) and "QUALIFIER" in self.tokens[at - 1].types

    def specified(self, at: int) -> bool:
        """ "carcinoma of breast": a general finding of what is not known is a kind of it, which is not known."""
        key = self.tokens[at].things[0] if len(self.tokens[at].things) == 1 else ""
        if at + 2 >= len(self.tokens) or self.tokens[at + 1].text.lower() not in ("of", "of the") or not key:
            return False
        behind = self.tokens[at + 2 + (self.tokens[at + 2].text.lower() in _ARTICLES and at + 3 < len(self.tokens))]
        unknown = behind.types == ("WORD",) and behind.text[0].isalpha()
        return unknown and len(self.vocabulary.descendants(key)) > 1

    def _before(self, at: int, skipped: frozenset[str]) -> int:
        before = at - 1
        while before > 0 and self.tokens[before].text.lower() in skipped:
            before -= 1
        return before

    def complement(self, at: int) -> bool:
        """ "culture of influenza virus", "surgery for cancer": the thing belongs to a noun that is not known."""
        before = self._before(at, _DIAGNOSED)
        if not _SAID_OF.isdisjoint(self.tokens[before].types):  # "chemotherapy for metastatic breast cancer"
            while before > 0 and (self._said_of(before) or self._joins_adjectives(before)):
                before -= 1
            if self.tokens[before].text.lower() != "for":
                return False
        preposition = self.tokens[before].text.lower().removesuffix(" the")
        if preposition.endswith("criteria for"):  # of a disease, who meets them has it; of an operation, may have it
            return is_done(self.tokens[at], self.vocabulary)
        if before < 1 or preposition not in _PREPOSITIONS or before in self.islands:
            return False
        head = self.tokens[before - 1]
        if head.types[0] == "RPAR":  # "taxanes (paclitaxel) for breast cancer"
            return preposition == "for"
        return (head.types == ("WORD",) and head.text[0].isalnum()) or not {"HEAD", "THING", "RPAR"}.isdisjoint(
            head.types
        )

    def unread(self, at: int) -> bool:
        """ "non-ACTG": what is not read cannot be denied by a part of its name."""
        if self.tokens[at].text.lower() != "non":
            return False
        behind = [token for token in self.tokens[at + 1 : at + 3] if token.text not in _HYPHENS]
        return not behind or not (behind[0].things or behind[0].names)
