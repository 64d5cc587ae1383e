"""The time behind the last member of a list, which holds for the others where nothing else is said of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.joining import all_of, timed
from eligibility.rules.meaning.measures import PRESSURES
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.participation import was_in_trial
from eligibility.rules.meaning.relatives import copular
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.source import NARROWING, Source
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Status,
    Unclear,
    Window,
)

_PAST: Final[Status] = "history"
# Words of time that hold whatever time stands behind a list; others only say that something is given or used.
_NOW: Final = re.compile(r"current|ongoing|active|present|concurrent|concomitant|existing|simultaneous|stable", re.I)
# What begins another predicate: a time behind it is not that of what is used before it.
_PREDICATES: Final = frozenset(("CURRENT", "HISTORY", "EVER", "VERB", "ACTIVE", "RELATIVE"))
_BEGINS: Final = frozenset(("CURRENT", "HISTORY", "EVER", "VERB"))
_GIVEN: Final = re.compile(r"\b(?:receiving|taking|undergoing|use of|treated with|receipt of)\b", re.IGNORECASE)
_NOW_GIVEN: Final = re.compile(r"(?:(?:is|are) )?(?:receiv(?:es|ing)|tak(?:es|ing)|using|on\b|undergoing)", re.I)
_GIVING: Final = ("receiving", "taking", "undergoing", "use of", "treated with", "receipt of")
# "requiring antibiotics within 2 weeks": a quality that tells its own time.
_DATED: Final = re.compile(r"\b(?:within|past|last|prior|previous|before)\b")
_TODAY: Final = frozenset(("pregnant", "breast_feeding", "childbearing_potential"))
TIME_OVER: Final = "a time behind the list may be of it too"
_WITHIN: Final = re.compile(
    r"\b(?:within|past|last|previous|preceding|prior)\b.{0,20}\b(?:days?|weeks?|months?|years?)\b"
    r"|\b(?:days?|weeks?|months?|years?) (?:prior|before|preceding)\b"
)
_ITS_OWN: Final = re.compile(r"(?:previous|prior|past|recent|history)? ?\(?\b(?:within|past|last|previous)\b")
_PERFECT: Final = re.compile(r"(?:ha(?:s|ve) )?had\b", re.I)


@dataclass(frozen=True, slots=True)
class SharingTimes:
    """Gives members the time that stands with another of them."""

    source: Source

    def window(self, members: Sequence[Member], clause: Clause) -> None:
        """ "stroke or myocardial infarction within 6 months": the time behind a list holds for all of it."""
        self._inner_windows(members, clause)
        if members[-1].tested and members[-2].tested:
            _as_one_pressure(members[-2], members[-1])
        last = members[-1].rule
        now = any(map(_now, clause.members[-1]))  # "active bacterial or | active viral infection within 7 days"
        begun = self._begun(clause)
        given = max(begun, self._given(clause))
        goes_on = not any(part.kind in _PREDICATES for part in clause.members[-1])
        bare = [
            member
            for at, (member, parts) in enumerate(zip(members[:-1], clause.members, strict=False))
            if member.rule is not None
            and timeless(member.rule)
            and not (isinstance(last, Unclear | AllOf) and state(member.rule))
            and not (_of_today(member.rule) and not _of_today(last))
            and not (state(member.rule) and clause.members[-1][0].kind == "VERB")
            and not _of_another_kind(at, members, given if _found(member) else begun)
            and not (at < begun and self._had(clause.members[begun][0]) and _told(member.rule, parts))
            and (now or not any(_now(part) or (part.kind == "CURRENT" and not goes_on) for part in parts))
        ]
        if isinstance(last, Unclear) and last.reason in NARROWING:
            for member in bare:
                member.rule = self.source.unclear(*member.span, last.reason)
        judged = max((at for at, member in enumerate(members[:-1]) if member.judged), default=0)
        for member in [member for member in bare if member in members[:judged]]:
            bare.remove(
                member
            )  # "coagulopathy, a disorder of note in the opinion of …, or an embolism within 6 months"
            if _once_given(member.rule) and not isinstance(last, Unclear):
                member.rule = self.source.unclear(*member.span, TIME_OVER)
        dated = max((at for at, member in enumerate(members) if self._unread_time(member)), default=0)
        for member in bare:  # "a drug, or used a device within 3 months"
            if dated and member in members[:dated]:
                member.rule = self.source.unclear(*member.span, TIME_OVER)
        window, status = members[-1].window, _PAST
        if isinstance(last, Present) and last.window is not None:
            window, status = last.window, last.status
        elif isinstance(last, AllOf) and all(isinstance(rule, Not | Judgement) for rule in last.rules[1:]):
            window = _window(members[-1])  # "thrombosis or embolism (but no catheter thrombosis) within 3 months"
        elif window is None and (said := _of_all(last)) is not None:
            window = said  # "chemotherapy or radiotherapy (including palliative radiotherapy) within 4 weeks"
            if not isinstance(last, AnyOf):  # "… within 4 weeks before the first dose of something unknown"
                for member in bare:
                    member.rule = self.source.unclear(*member.span, TIME_OVER)
                return
        if isinstance(last, Measured | Graded) and last.window is not None and self.source.side == "exclusion":
            for member in bare:  # "infarction, stroke, or SBP > 180 mmHg within 6 months"
                member.rule = self.source.unclear(*member.span, TIME_OVER)
        if window is None or window.kind != "within":
            return
        self._passed_over(members, bare)
        for member, parts in zip(members[:-1], clause.members, strict=False):
            if member not in bare and _once_given(member.rule) and not any(map(_now_given, parts)):
                member.rule = self.source.unclear(
                    *member.span, TIME_OVER
                )  # "undergone A or experienced B within 2 weeks"
        if "RELATIVE" in clause.kinds and (behind := self._untimed(members[:-1], clause, len(members))):
            bare = [member for member in bare if member not in members[:behind]]
        for member in bare:
            if isinstance(member.rule, Present):
                member.rule = replace(member.rule, window=window, status=status)
            elif member.rule is not None:
                member.rule = timed(member.rule, window)

    def _unread_time(self, member: Member) -> bool:
        """ "anabolic steroids within 30 days of each visit": a member of which nothing is understood, nor its time."""
        if member.rule is None or member.window is not None or not isinstance(member.rule, Unclear | AllOf | AnyOf):
            return False
        parts = list(leaves(member.rule))
        dated = any(isinstance(part, Unclear) and _WITHIN.match(part.text.lower()) for part in parts)
        if dated and isinstance(member.rule, AllOf) and self.source.side == "exclusion":
            return True  # "… or immunotherapy (including X) within 28 days of the first visit to Y"
        unread = all(isinstance(leaf, Unclear) for leaf in parts)
        said = _WITHIN.search(self.source.words(*member.span).lower()) if unread else None
        # a time that begins a member, as in "asthma, or previous (within 10 years) | or current depression", is its own
        return said is not None and not _ITS_OWN.match(self.source.words(*member.span).lower())

    def _begun(self, clause: Clause) -> int:
        """The last member that begins with a verb of its own; 0 for none."""
        return max((at for at, parts in enumerate(clause.members) if at and parts[0].kind in _BEGINS), default=0)

    def _had(self, part: Part) -> bool:
        """ "have epilepsy | or have had a seizure in the last 6 weeks": another tense than what is there now."""
        return part.kind == "HISTORY" and _PERFECT.match(self.source.words(part.start, part.end)) is not None

    def _given(self, clause: Clause) -> int:
        """The same for verbs of giving that say no more elsewhere."""
        said = self.source.text[clause.start : clause.end].lower()
        if not any(verb in said for verb in _GIVING):
            return 0
        firsts = zip(clause.joints, clause.members[1:], strict=False)
        given = [_GIVEN.search(self.source.text, joint.end, parts[0].end) is not None for joint, parts in firsts]
        return max((at + 1 for at, verb in enumerate(given) if verb), default=0)

    def _passed_over(self, members: Sequence[Member], bare: list[Member]) -> None:
        """ "A, B within 4 weeks or C within 2 weeks": the last time is not A's; whether the first is, is not known."""
        dated = [at for at, member in enumerate(members[:-1]) if _window(member) is not None]
        for member in list(bare) if dated else ():
            if members.index(member) < dated[-1]:
                member.rule = self.source.unclear(*member.span, TIME_OVER)
                bare.remove(member)

    def _untimed(self, members: Sequence[Member], clause: Clause, upto: int) -> int:
        """How many members up to the last relative clause before `upto`: a time behind it is not theirs, nor known.

        "Malignancy that progressed or required treatment within 3 years".
        """
        said = [at for at, parts in enumerate(clause.members[:upto]) if any(map(_restricting, parts))]
        if not said:
            return 0
        for member, parts in zip(members[: said[-1] + 1], clause.members, strict=False):
            described = any(isinstance(part, Piece) and part.kind == "RELATIVE" and copular(part) for part in parts)
            if member.rule is not None and timeless(member.rule) and not described:
                member.rule = self.source.unclear(*member.span, TIME_OVER)
        return said[-1] + 1

    def _inner_windows(self, members: Sequence[Member], clause: Clause) -> None:
        """ "angina, infarction, or stroke within 6 months; or asthma": an inner list has its own time."""
        for at in range(1, len(members) - 1):
            window = _window(members[at])
            if window is not None and window.kind == "within":
                joint, behind = clause.joints[at - 1].value, clause.joints[at].value
                if joint in ("or", "comma_or", "and", "comma_and") and behind in ("or", "comma_or", "comma"):
                    first = self._untimed(members[:at], clause, at) if "RELATIVE" in clause.kinds else 0
                    self._timed(members[first:at], window)

    def _timed(self, members: Sequence[Member], window: Window) -> None:
        for member in reversed(members):
            if member.rule is None or not timeless(member.rule):
                return
            member.rule = timed(member.rule, window)


def _as_one_pressure(systolic: Member, diastolic: Member) -> None:
    """ "SBP > 160 or DBP > 100 on two occasions", "… despite treatment": how a blood pressure is taken is of both."""
    before, rule = systolic.rule, diastolic.rule
    said = rule.rules[-1] if isinstance(rule, AllOf) and isinstance(rule.rules[-1], Judgement) else None
    last = rule.rules[0] if isinstance(rule, AllOf) else rule
    if not (isinstance(before, Measured) and isinstance(last, Measured)) or before.times > 1 or before.window:
        return
    if {before.variable, last.variable} == set(PRESSURES):
        taken = replace(before, times=last.times, window=last.window)
        systolic.rule = taken if said is None else all_of([taken, said], systolic.span)


def _now(part: Part) -> bool:
    """ "Active infection", "currently receiving A": a word for what is there now; not "use of A"."""
    if not isinstance(part, Piece) or part.kind not in ("ACTIVE", "CURRENT"):
        return False
    return part.kind == "ACTIVE" or _NOW.search(str(part.value)) is not None


def _now_given(part: Part) -> bool:
    """ "Currently on A", "receiving A": whether it is said that it is given now."""
    return _now(part) or (isinstance(part, Piece) and _NOW_GIVEN.match(str(part.value)) is not None)


def _once_given(rule: Rule | None) -> bool:
    """A treatment or a procedure of which no time is told."""
    return isinstance(rule, Present) and rule.fact in ("treatment", "procedure") and timeless(rule)


def _told(rule: Rule | None, parts: Sequence[Part]) -> bool:
    """Whether a finding is there now, or has a "history of" of its own."""
    there = isinstance(rule, Present) and rule.fact == "condition" and rule.status == "active"
    return there or any(part.kind in ("HISTORY", "EVER") for part in parts)


def _found(member: Member) -> bool:
    return isinstance(member.rule, Present) and member.rule.fact == "condition"


def _of_another_kind(at: int, members: Sequence[Member], begun: int) -> bool:
    """ "has immunodeficiency or is receiving steroids within 7 days": the time is that of what is received."""
    rule, own = members[at].rule, members[begun].rule
    if at >= begun or not isinstance(own, Present) or not isinstance(rule, Present):
        return False
    if was_in_trial(rule) and own.fact == "treatment":
        return False  # "has participated in a study of a drug or used a device within 4 weeks"
    return own.fact != rule.fact


def _window(member: Member) -> Window | None:
    """The time of a member: of the finding it names, also where words that are not understood stand beside it."""
    rules = member.rule.rules if isinstance(member.rule, AllOf | AnyOf) else (member.rule,)
    return next((rule.window for rule in rules if isinstance(rule, Present) and rule.window), member.window)


def timeless(rule: Rule) -> bool:
    """Whether a rule names findings, and no time of any of them."""
    parts = list(leaves(rule))
    named = [leaf for leaf in parts if isinstance(leaf, Present)]
    return (
        bool(named)
        and all(isinstance(leaf, Present | Unclear) for leaf in parts)
        and not any(leaf.window or any(map(_DATED.search, leaf.qualifiers)) for leaf in named)
    )


def _of_all(rule: Rule | None) -> Window | None:
    """The one time that all that a member names has, beside words that are not understood."""
    if not isinstance(rule, AllOf | AnyOf):
        return None
    named = {leaf.window for leaf in leaves(rule) if isinstance(leaf, Present)}
    (window,) = named if len(named) == 1 else (None,)
    return window if window is not None and window.kind == "within" else None


def _restricting(part: Part) -> bool:
    return isinstance(part, Piece) and part.kind == "RELATIVE"


def _of_today(rule: Rule | None) -> bool:
    """ "Pregnancy, lactation or surgery within 4 weeks": who is pregnant is asked of today."""
    return isinstance(rule, Present) and rule.concept in _TODAY


def state(rule: Rule | None) -> bool:
    """Whether a rule is of a state ("pregnant"), which hardly says who it is; not of a trial that is over."""
    return isinstance(rule, Present) and rule.fact == "state" and not was_in_trial(rule)
