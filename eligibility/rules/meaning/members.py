"""One member of a list, read from left to right: what is said of what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eligibility.rules.meaning.joining import all_of, any_of, tests
from eligibility.rules.meaning.measures import rule_of
from eligibility.rules.meaning.place import Place
from eligibility.rules.meaning.scope import PREFIXES, Scope, negation, present
from eligibility.rules.meaning.sentence import Bracket, Clause, Part, Piece
from eligibility.rules.meaning.source import ALLOWANCE, UNKNOWN, Source
from eligibility.rules.rule import Bound, Graded, Judgement, Measured, Not, Present, Rule, Unclear, leaves
from eligibility.spans import Span

# Words of which only this is known cannot change a limit beside them, they can only add to it.
_PLAIN = frozenset((UNKNOWN, "an adjective without a noun"))
# The key of a named thing, and where its name stands.
Noun = tuple[str, int, int]


@dataclass(slots=True)
class Member:
    """What one member came to.

    `rule` is its content without its negation; `lead` the words before it that were not understood and that may
    govern the whole list; `before` what stands before its negation ("cirrhosis without …");
    `tested` says that it compares something by itself (not a disease defined in brackets).
    """

    rule: Rule | None
    scope: Scope
    span: Span
    lead: Unclear | None = None
    before: Rule | None = None
    negated: bool = False
    tested: bool = False
    judged: bool = False
    own: bool = False
    sex: str | None = None
    noun: Noun | None = None


class MemberReader:
    """Reads the parts of one member; `clauses` reads what stands in brackets."""

    def __init__(
        self, source: Source, scope: Scope, clauses: Callable[[Sequence[Clause], Scope | None], Rule | None]
    ) -> None:
        self.source, self.scope, self.clauses = source, scope, clauses
        self.positive: list[Rule] = []
        self.negative: list[Rule] = []
        self.judged = self.tested = self.named = self.indifferent = False
        self.sex: str | None = None
        self.run: Unclear | None = None
        self.noun: Noun | None = None

    @property
    def rules(self) -> list[Rule]:
        """Where the next rule goes."""
        return self.negative if self.scope.negated else self.positive

    def _add(self, rule: Rule) -> None:
        self.rules.append(rule)
        self.scope = self.scope.inherited()
        self.run = None

    def read(self, part: Part) -> None:
        """Take the next part of the member into account."""
        if isinstance(part, Bracket):
            self._bracket(part)
            self.run = None
        elif part.kind in ("WOMEN", "MEN"):
            self.sex = "female" if part.kind == "WOMEN" else "male"
        elif part.kind == "PLANNED" and self.rules and isinstance(self.rules[-1], Present):
            span = _to(self.rules[-1], part.end)
            self.rules[-1] = self.source.unclear(*span, "not what the patient has, but what may come or is planned")
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
            case "RULE":
                self.tested = True
                self.source.subjects = _subjects(part.value)
                self._add(part.value)
            case "THING":
                self._thing(part)
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
            case "WORDS":
                self._words(part)

    # ------------------------------------------------------------ content

    def _start(self, part: Piece) -> int:
        return self.scope.start if 0 <= self.scope.start < part.start else part.start

    def _thing(self, part: Piece) -> None:
        span = (self._start(part), part.end)
        if self.scope.remote:
            self._add(self.source.unclear(*span, "not what the patient has, but what may come or is planned"))
        elif self.scope.hidden:
            self.noun = (part.value, part.start, part.end)
            self._add(self.source.unclear(*span, "what nobody has diagnosed is in no record"))
        elif isinstance(part.value, Graded):
            worded = self.scope.qualifiers or self.scope.suspected or self.scope.history
            self._add(self.source.unclear(*span, "a grade in words") if worded else replace(part.value, span=span))
            self.source.subjects = ((part.value.scale,),)
        else:
            self.noun = (part.value, part.start, part.end)
            self._add(present(part.value, self.scope, span, self.source.vocabulary))

    def _words(self, part: Piece) -> None:
        """Words not understood; runs of them stay together, adjectives between them included."""
        start, rule = self._start(part), part.value
        if isinstance(rule, Unclear):
            self._add(self.source.unclear(start, part.end, rule.reason, rule.hint))
            return
        if self.run is not None and self.rules and self.rules[-1] is self.run and self.run.span:
            start = self.run.span[0]
            self.rules.pop()
        unclear = self.source.unclear(start, part.end, part.value or UNKNOWN)
        self._add(unclear)
        self.run = unclear

    def _ellipsis(self, part: Piece) -> Rule:
        """Limits without a subject speak of the subject before them."""
        place = Place(self.source.words(part.start, part.end), (part.start, part.end))
        units = {limit.quantity.unit for limit in part.value.spec.limits}
        bare = None in units
        aged = self.source.subjects == (("age",),) and not units <= {"year", None}
        alone = not self.source.words(0, part.start) and not self.source.words(part.end, len(self.source.text)).strip(
            ".;"
        )
        if alone and not self.source.subjects and units == {"year"}:
            self.source.subjects = (("age",),)
        if self.rules or not self.source.subjects or aged:
            return self.source.unclear(part.start, part.end, "a limit without a subject")
        rule = rule_of(part.value, self.source.subjects, self.source.vocabulary, place)
        assumed = any(leaf.kind == "measured" and (leaf.low or leaf.high or Bound(0)).assumed for leaf in leaves(rule))
        return self.source.unclear(part.start, part.end, "a limit without a subject") if bare and assumed else rule

    def _window(self, part: Piece) -> None:
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present) and last.window is None:
            status = last.status if part.value.kind == "for" else "history"
            self.rules[-1] = replace(last, window=part.value, status=status, span=_to(last, part.end))
        elif isinstance(last, Measured | Graded) and last.window is None:
            self.rules[-1] = replace(last, window=part.value, span=_to(last, part.end))
        else:
            self._add(self.source.unclear(part.start, part.end, "a time that belongs to nothing that was understood"))

    def _negative(self, part: Piece) -> None:
        """ "HIV negative", "chemotherapy-naive": the thing before is not, or was never, there."""
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present):
            never = "na" in str(part.value).lower() and last.fact in ("treatment", "procedure")
            span = _to(last, part.end)
            self.rules[-1] = Not(replace(last, status="history" if never else last.status, span=span), span=span)
        else:
            self._words(Piece("WORDS", part.start, part.end, ""))

    def _allergy_after(self, part: Piece) -> None:
        """ "penicillin allergy": the thing before is what the allergy is to."""
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present) and last.fact == "treatment":
            self.rules[-1] = replace(last, fact="allergy", status="active")
            self.scope = self.scope.inherited()
        else:
            self._add(self.source.unclear(self._start(part), part.end, "an allergy to what is not said"))

    # ------------------------------------------------------------ brackets

    def _bracket(self, bracket: Bracket) -> None:
        leading = bracket.clauses[0].members[0][0]
        inner = self.clauses(bracket.clauses, self.scope if isinstance(leading, Piece) else None)
        if inner is None:
            return
        if not self.rules:
            self._add(inner)
            return
        if isinstance(inner, Graded) and inner.scale == "sex":
            self.sex = inner.levels[0]
            return
        last = self.rules[-1]
        span = ((last.span or (bracket.start, 0))[0], bracket.end)
        if isinstance(leading, Piece) and leading.kind in ("EXCEPT", "UNLESS"):
            self.rules[-1] = self.source.excepted(leading.kind, last, inner, span)
            return
        if isinstance(last, Graded) and isinstance(inner, Graded) and last.scale == inner.scale:
            self.rules[-1] = replace(inner, span=span)
            return
        if isinstance(leading, Piece) and leading.kind in ("LEAD", "SUCH_AS") and leading.value != "and":
            self.rules[-1] = any_of([last, inner], span)
        elif isinstance(inner, Unclear) and inner.reason == ALLOWANCE:
            self.rules[-1] = self._allowed(last, inner, span)
        elif tests(last):
            self.rules[-1] = self._beside(last, inner, span)
        elif tests(inner):
            self.rules[-1] = replace(inner, span=span)
            self.named = True
        elif not self._abbreviation(bracket, last, inner):
            plain = isinstance(inner, Judgement) or (isinstance(inner, Unclear) and inner.reason in _PLAIN)
            unclear = self.source.unclear(*span, "the brackets may widen or restrict")
            self.rules[-1] = all_of([last, inner], span) if plain else unclear

    def _allowed(self, last: Rule, inner: Rule, span: Span) -> Rule:
        """ "X (… may be allowed)": a person may waive the requirement, or the reason to exclude."""
        if self.source.side == "inclusion":
            return any_of([last, inner], span)
        return all_of([last, negation(inner, span, self.source.vocabulary)], span)

    def _beside(self, last: Rule, inner: Rule, span: Span) -> Rule:
        """A bracket after a test: an alternative scale, a person's opinion, or words that may change the limit."""
        if isinstance(last, Graded) and isinstance(inner, Graded | Measured):
            return any_of([last, inner], span)
        if isinstance(inner, Judgement):
            return all_of([last, inner], span)
        if isinstance(inner, Unclear) and inner.reason in _PLAIN and not any(letter.isdigit() for letter in inner.text):
            return all_of([last, inner], span)
        return self.source.unclear(*span, "the brackets may change the limit")

    def _abbreviation(self, bracket: Bracket, last: Rule, inner: Rule) -> bool:
        """ "acute lung injury (ALI)": the short name says nothing new."""
        if inner == last:
            return True
        words = self.source.text[bracket.start + 1 : bracket.end - 1].strip()
        if not (isinstance(inner, Unclear) and words.isalnum() and words.isupper()):
            return False
        if isinstance(last, Unclear) and last.span:
            self.rules[-1] = self.source.unclear(last.span[0], bracket.end, last.reason, last.hint)
        return True

    # ------------------------------------------------------------ the whole member

    def member(self, parts: Sequence[Part], own: bool) -> Member:
        """What the member came to."""
        span = (parts[0].start, parts[-1].end)
        if self.judged:
            return self._judged(span)
        self._trailing()
        mixed = bool(self.positive) and bool(self.negative)
        rules, negated = self.negative or self.positive, bool(self.negative)
        lead = rules[0] if len(rules) > 1 and isinstance(rules[0], Unclear) else None
        content = rules[1:] if lead else rules
        tested = self.tested or (any(map(tests, [*self.positive, *self.negative])) and not self.named)
        return Member(
            all_of(content, span) if content else None,
            self.scope,
            span,
            lead,
            all_of(self.positive, span) if mixed else None,
            negated,
            tested,
            own=own,
            sex=self.sex,
            noun=self.noun,
        )

    def _trailing(self) -> None:
        """ "metastases that are treated": adjectives behind the noun are its own, elsewhere they are not understood."""
        if not self.scope.qualifiers or not self.rules:
            return
        last, start = self.rules[-1], self.scope.start
        if isinstance(last, Present):
            qualifiers = (*last.qualifiers, *self.scope.qualifiers)
            self.rules[-1] = replace(last, qualifiers=qualifiers, span=_to(last, start))
        else:
            words = " ".join(self.scope.qualifiers)
            self.rules.append(Unclear(words, "an adjective without a noun", span=(start, start + len(words))))

    def _judged(self, span: Span) -> Member:
        """Words for a person to answer, beside what can be compared."""
        rule: Rule = self.source.judgement(*span)
        kept = [inner for inner in self.positive + self.negative if tests(inner)]
        if kept:
            rule = self.source.unclear(*span, "a person's judgement and a limit in one phrase")
        return Member(rule, Scope(), span, judged=not kept, own=True, sex=self.sex)


def _to(rule: Rule, end: int) -> Span:
    """The span of a rule, stretched to the words that belong to it."""
    return ((rule.span or (end, end))[0], end)


def _subjects(rule: Rule) -> tuple[tuple[str, ...], ...]:
    """The subjects of an island, for the limits that follow without one."""
    found: dict[str, None] = {}
    for leaf in leaves(rule):
        if leaf.kind == "measured" or leaf.kind == "changed":
            found[leaf.variable] = None
        elif leaf.kind == "graded":
            found[leaf.scale] = None
    return tuple((key,) for key in found)
