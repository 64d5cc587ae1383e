"""One member of a list, read from left to right: what is said of what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.brackets import stretched
from eligibility.rules.meaning.joining import all_of, ever, subjects_of, tests, timed
from eligibility.rules.meaning.measures import rule_of
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.naming import Named, given
from eligibility.rules.meaning.place import Place
from eligibility.rules.meaning.relatives import needing
from eligibility.rules.meaning.resulting import Resulting
from eligibility.rules.meaning.results import is_result
from eligibility.rules.meaning.scope import NO_WORDS, PREFIXES, Scope, present
from eligibility.rules.meaning.sentence import Bracket, Part, Piece
from eligibility.rules.meaning.source import BARE, GOVERNED, NARROWED, NARROWING, NO_NOUN, NOT_NOW, TO_COME, UNKNOWN
from eligibility.rules.meaning.timing import LOOSE
from eligibility.rules.rule import Bound, Graded, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.results import POSITIVE

# What may stand behind years that are an age: nothing, or something else.
_ENDED: Final = re.compile(r"\W*$|[,;.)\]]|(?:and|or|male|female|men|women|inclusive|both|old)\b", re.I)
# "failure to have LVEF > 50 %": words before a test that turn it around.
_FAILS: Final = re.compile(
    r"\b(?:fail(?:s|ed|ing|ures?)?(?: to| of)?$|refus\w*|lacks?|lacking|loss of|instead of|rather than)\b", re.I
)
_DONE: Final = re.compile(r"therap|treat|manag|interven|procedur|option", re.I)
_BESIDE: Final = re.compile(r"\b(?:concurrent|concomitant|co-?existing)\b", re.I)
# "treatment-related toxicity > grade 1": adjectives that go with no value, so that they tell which value is meant.
_TELLING: Final = re.compile(
    r"(?:related|induced|mediated|emergent|associated|onset|acquired|resistant|refractory|sensitive|dependent|treated"
    r"|resected|cured|residual|visceral|postoperative|perioperative|measurable)$"
)
# "… must have passed since | chemotherapy": a time that is not understood is counted from the thing behind it.
_COUNTED_FROM: Final = re.compile(
    r"\b(?:since|elapsed|after|following|until|before|prior to)(?: the| a| any| last)*$", re.I
)


class MemberReader(Resulting):
    """Reads the parts of one member; `clauses` reads what stands in brackets."""

    def read(self, part: Part) -> None:
        """Take the next part of the member into account."""
        if self.aided is not None and self._goes_on(part):
            return
        if isinstance(part, Bracket):
            if not self._signed_in(part):
                self._bracket(part)
                self.run = None
        elif part.kind in ("WORDS", "THING", "RULE") and not self.indifferent:  # most parts
            self._content(part)
        elif part.kind in ("WOMEN", "MEN") and self.rules and isinstance(self.rules[-1], Unclear):
            self._words(Piece("WORDS", part.start, part.end, ""))
        elif part.kind in ("WOMEN", "MEN"):
            self._sexed("female" if part.kind == "WOMEN" else "male")
        elif part.kind == "PLANNED" and self.rules and isinstance(self.rules[-1], Present):
            span = stretched(self.rules[-1], part.end)
            self.rules[-1] = self.source.unclear(*span, TO_COME)
        elif part.kind == "NOT" and self.rules and (self.scope.qualifiers or (self.scope.negated and self.negative)):
            self._trailing(part.start)  # "neuropathy > grade 1 without pain": adjectives before a denial are not of it
            again = self.scope.negated and bool(self.negative)
            self.scope = self.scope.inherited() if again else self.scope.bare().after(part)
        elif part.kind in PREFIXES:
            self.scope = self.scope.after(part)
        elif part.kind == "REGARDLESS":
            self.indifferent = True
        elif self.indifferent and part.kind in ("THING", "WORDS", "RULE"):
            self.indifferent = False
        elif part.kind == "JUDGE":
            self.judged = True
        else:
            self._content(part)

    def _content(self, part: Piece) -> None:
        match part.kind:
            case "WORDS":
                self._words(part)
            case "RULE":
                self.tested = True
                if self.scope.negated and self.rules and self._behind_denied(part):
                    return
                if self.rules and self._for_some(part):
                    return
                if any(map(_TELLING.search, self.scope.qualifiers)):
                    self._add(self.source.unclear(self.scope.start, part.start, LOOSE))
                self.source.subjects = subjects_of(part.value)
                self._add(ever(part.value, self.source.vocabulary) if self.scope.past else part.value)
            case "THING":
                self._thing(part)
            case "RELATIVE":
                self.related = self.related or self.noun is not None
                self.needed = part.start if needing(part) else self.needed
            case "ELLIPSIS":
                self.tested = True
                self._add(self._ellipsis(part))
            case "WINDOW":
                self._window(part)
            case "ALLERGY_AFTER":
                self._allergy_after(part)
            case "ETC":
                self._add(self.source.judgement(part.start, part.end))
            case "NEGATIVE":
                self._negative(part)
            case "POSITIVE":
                self._signed(part, POSITIVE)
            case "ON_TWO" | "ON_THREE":
                self._repeated(part, 2 if part.kind == "ON_TWO" else 3)
            case "AIDED":
                self._aided(part)
            case "MULTIPLE":
                self._words(Piece("WORDS", part.start, part.end, ""))

    def _start(self, part: Piece) -> int:
        return self.scope.start if 0 <= self.scope.start < part.start else part.start

    def _thing(self, part: Piece) -> None:
        span = (self._start(part), part.end)
        self._of_the_next(part.start)
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Unclear) and last is self.tied:
            self._narrowed(last.reason, part.end)
        elif isinstance(last, Unclear) and _COUNTED_FROM.search(last.text):
            self._narrowed(GOVERNED, part.end)
        elif self.scope.washout and self.rules and self._disease(part):
            self._add(self.source.unclear(*span, GOVERNED))  # "4 weeks since chemotherapy for | lung cancer"
        elif self.scope.remote:
            self._add(self.source.unclear(*span, TO_COME))
        elif self.scope.nearest and self.scope.negated and self._other_kind(part):
            self.scope = self.scope.affirmed()
            self._add(self.source.unclear(*span, "another kind than is named"))  # "non-cytotoxic agents"
        elif self.scope.hidden:
            self.noun = None if isinstance(part.value, Named) else (part.value, part.start, part.end)
            self._add(self.source.unclear(*span, "what nobody has diagnosed is in no record"))
        elif isinstance(part.value, Graded) and is_result(part.value, self.source.vocabulary):
            self._result(part, span)
        elif isinstance(part.value, Graded):
            scope = self.scope
            worded = scope.qualifiers or scope.other or scope.suspected or scope.history
            self._add(self.source.unclear(*span, "a grade in words") if worded else replace(part.value, span=span))
            self.source.subjects = ((part.value.scale,),)
        else:
            if not (self.related or (self.noun and given(part.value, self.source.vocabulary))):  # "asthma on aspirin"
                self.noun = None if isinstance(part.value, Named) else (part.value, part.start, part.end)
            self.source.subjects = ()
            scope = self._concurrent(span[0], part)
            rule = self._found(present(part.value, scope, span, self.source.vocabulary), span)
            self._add(rule if self.ahead is None else timed(rule, self.ahead))

    def _concurrent(self, start: int, part: Piece) -> Scope:
        """ "Concurrent malignancy": the scope with the word that asks for another one than the disease under study."""
        beside = _BESIDE.search(self.source.text, start, part.start) if part.value == "malignancy" else None
        return self.scope.after(Piece("OTHER", part.start, part.end, "other")) if beside else self.scope

    def _other_kind(self, part: Piece) -> bool:
        """Whether "non-" makes another kind of what is named: of insulin, of surgical therapy, not of intubated."""
        if isinstance(part.value, Named):
            return True
        word = self.source.vocabulary.words.get(part.value) if isinstance(part.value, str) else None
        if word is None or word.kind not in ("condition", "treatment", "procedure"):
            return False
        if word.kind == "condition":  # "non-neuropathic pain" is a pain, "non-severe asthma" is asthma
            return bool(self.scope.qualifiers) or " " in self.source.words(part.start, part.end)
        return word.kind == "treatment" or _DONE.search(self.source.text, part.start, part.end + 12) is not None

    def _words(self, part: Piece) -> None:
        """Words not understood; runs of them stay together, adjectives between them included."""
        self.source.subjects = ()
        self._unread()
        start, rule = self._start(part), part.value
        if isinstance(rule, Unclear):
            self._add(self.source.unclear(start, part.end, rule.reason, rule.hint))
            return
        if self.run is not None and self.rules and self.rules[-1] is self.run and self.run.span:
            start = self.run.span[0]
            self.rules.pop()
        self.worded = self.scope.qualifiers
        if self.rules and tests(self.rules[-1]) and (rule == NOT_NOW or self._narrows(part)):
            self._narrowed(rule or NARROWED, part.end)
            return
        if rule in NARROWING and self.rules and isinstance(self.rules[-1], Present):
            self._narrowed(rule, part.end)
            return
        unclear = self.source.unclear(start, part.end, rule or UNKNOWN)
        self._add(unclear)
        self.run = unclear

    def _ellipsis(self, part: Piece) -> Rule:
        """Limits without a subject speak of the subject before them."""
        place = Place(self.source.words(part.start, part.end), (part.start, part.end), self.source.side)
        units = {limit.quantity.unit for limit in part.value.spec.limits}
        bare = None in units
        aged = self.source.subjects == (("age",),) and not units <= {"year", None}
        if not self.source.subjects and units - {None} == {"year"} and self._opening(part):
            self.source.subjects = (("age",),)
        if any(limit.second and limit.second.unit == "mm[Hg]" for limit in part.value.spec.limits):
            return rule_of(part.value, (("blood_pressure",),), self.source.vocabulary, place)
        if self.rules or not self.source.subjects or aged:
            return self.source.unclear(part.start, part.end, BARE)
        rule = rule_of(part.value, self.source.subjects, self.source.vocabulary, place)
        assumed = any(leaf.kind == "measured" and (leaf.low or leaf.high or Bound(0)).assumed for leaf in leaves(rule))
        return self.source.unclear(part.start, part.end, BARE) if bare and assumed else rule

    def _opening(self, part: Piece) -> bool:
        """ "18-80 years, male or female", "women 45-68 years": years that a criterion begins with are an age."""
        before = self.source.text[: part.start].split(maxsplit=2)
        first = not before or (self.sex is not None and not self.rules and len(before) < 3)
        return first and _ENDED.match(self.source.text[part.end :].lstrip()) is not None

    def _allergy_after(self, part: Piece) -> None:
        """ "penicillin allergy": the thing before is what the allergy is to."""
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present) and last.fact == "treatment":
            self.rules[-1] = replace(last, fact="allergy", status="active")
            self.scope = self.scope.inherited()
        else:
            self._add(self.source.unclear(self._start(part), part.end, "an allergy to what is not said"))

    # ------------------------------------------------------------ the whole member

    def member(self, parts: Sequence[Part], own: bool) -> Member:
        """What the member came to."""
        span = (parts[0].start, parts[-1].end)
        if self.judged:
            return self._judged(span)
        if self.both:
            return Member(self.source.unclear(*span, "limits for men and women, and others"), NO_WORDS, span, own=own)
        self._unused()
        self._trailing(span[1])
        self._whenever()
        denied = self.scope.negated and any(isinstance(part, Piece) and part.kind == "NOT" for part in parts)
        if denied and not self.positive and not self.negative and self.scope.qualifiers and not self.sex:
            return Member(None, self.scope, span)  # "no moderate | or severe pain": the noun stands behind
        if denied and not self.negative and not (self.sex and not self.positive):
            unclear = self.source.unclear(*span, NO_NOUN)
            return Member(unclear, NO_WORDS, span, own=own, sex=self.sex)
        if self.sex and self.scope.negated and not self.positive and not self.negative:
            self.sex = "male" if self.sex == "female" else "female"
        mixed = bool(self.positive) and bool(self.negative)
        if mixed and self.tested and all(map(_given, self.negative)):
            self.negative = [self.source.unclear(*(r.span or span), "when it was not given") for r in self.negative]
        rules, negated = self.negative or self.positive, bool(self.negative)
        if len(rules) > 1 and isinstance(rules[0], Unclear) and tests(rules[1]) and _FAILS.search(rules[0].text):
            rules, negated = [self._governed(rules), *rules[2:]], False
        if len(rules) > 1 and isinstance(rules[0], Unclear) and isinstance(rules[1], Present):
            rules, self.governed = [self._governed(rules), *rules[2:]], True
        lead = rules[0] if len(rules) > 1 and isinstance(rules[0], Unclear) else None
        content = rules[1:] if lead else rules
        tests_any = not self.named and any(map(tests, [*self.positive, *self.negative]))
        tested = self.tested or (tests_any and not self._serology())
        return Member(
            all_of(content, span) if content else None,
            self.scope,
            span,
            lead,
            all_of(self.positive, span) if mixed else None,
            negated,
            tested,
            own=own,
            governed=self.governed,
            sex=self.sex,
            worded=self.worded,
            noun=self.noun,
            window=self.window,
            allowance=self.allowance,
            told=self.told if self.behind else "",
        )

    def _governed(self, rules: list[Rule]) -> Rule:
        """ "refusing chemotherapy": words that are not understood may turn the thing behind them around."""
        start, end = (rules[0].span or (0, 0))[0], (rules[1].span or (0, 0))[1]
        return self.source.unclear(start, end, GOVERNED)

    def _judged(self, span: Span) -> Member:
        """Words for a person to answer, beside what can be compared."""
        rule: Rule = self.source.judgement(*span)
        kept = [inner for inner in self.positive + self.negative if tests(inner)]
        if kept:
            rule = all_of([rule, *kept], span)
        return Member(
            rule,
            self.scope if self.scope.allergy else NO_WORDS,
            span,
            tested=bool(kept),
            judged=not kept,
            own=True,
            sex=self.sex,
        )


def _given(rule: Rule) -> bool:
    """ "Haemoglobin ≥ 8 g/dL without transfusion": a treatment whose time is that of the value before it."""
    return isinstance(rule, Present) and rule.fact in ("treatment", "procedure") and rule.window is None
