"""What one member of a list came to, for those that read the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eligibility.rules.meaning.brackets import Noun
from eligibility.rules.meaning.scope import Scope
from eligibility.rules.meaning.sentence import Part, Piece
from eligibility.rules.meaning.source import OF_TRIAL
from eligibility.rules.rule import Rule, Unclear, Window
from eligibility.spans import Span

OWN: Final = frozenset(("RULE", "JUDGE", "ELLIPSIS"))


@dataclass(init=False, slots=True)
class Member:
    """What one member came to.

    `rule` is its content without its negation; `lead` the words before it that were not understood and that may
    govern the whole list; `before` what stands before its negation ("cirrhosis without …");
    `tested` says that it compares something by itself (not a disease defined in brackets); `told` is the result that a
    word behind a test says of it.
    """

    rule: Rule | None
    scope: Scope
    span: Span
    lead: Unclear | None
    before: Rule | None
    negated: bool
    tested: bool
    judged: bool
    own: bool
    governed: bool
    sex: str | None
    worded: tuple[str, ...]
    noun: Noun | None
    window: Window | None
    allowance: Rule | None
    told: str

    def __init__(
        self,
        rule: Rule | None,
        scope: Scope,
        span: Span,
        lead: Unclear | None = None,
        before: Rule | None = None,
        negated: bool = False,
        tested: bool = False,
        judged: bool = False,
        own: bool = False,
        governed: bool = False,
        sex: str | None = None,
        worded: tuple[str, ...] = (),
        noun: Noun | None = None,
        window: Window | None = None,
        allowance: Rule | None = None,
        told: str = "",
    ) -> None:
        self.rule = rule
        self.scope = scope
        self.span = span
        self.lead = lead
        self.before = before
        self.negated = negated
        self.tested = tested
        self.judged = judged
        self.own = own
        self.governed = governed
        self.sex = sex
        self.worded = worded
        self.noun = noun
        self.window = window
        self.allowance = allowance
        self.told = told

    def without(self, lead: bool = False, before: bool = False, negation: bool = False) -> Member:
        """The same member without some of what stands before it."""
        return Member(
            self.rule,
            self.scope,
            self.span,
            None if lead else self.lead,
            None if before else self.before,
            self.negated and not negation,
            self.tested,
            self.judged,
            self.own,
            self.governed,
            self.sex,
            self.worded,
            self.noun,
            self.window,
            self.allowance,
            self.told,
        )


def says_its_own(part: Part) -> bool:
    """Whether a part begins what says all of itself; "its excipients", which say nothing, still go with an allergy."""
    return part.kind in OWN and not (isinstance(part, Piece) and part.value == OF_TRIAL)
