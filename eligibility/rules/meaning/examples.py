"""Heads over examples: some only say what kind of thing the examples are, others narrow what they are examples of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.joining import all_of, any_of, tests, timed
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.rule import AnyOf, Not, Present, Rule, Unclear
from eligibility.spans import Span

_ADEQUATE: Final = re.compile(
    r"[\W\d]*(?:(?:patients?|subjects?|participants?|must|should|have|has|having|with|demonstrate|a|an)\W+)*"
    r"(?:adequate|acceptable|sufficient|satisfactory)\b[\w\s,/&-]{0,80}\bfunctions?\W*"
)
_BEGINS: Final = re.compile(r"[\n;.:]")
# Heads that only say what kind of thing the examples are: "concomitant medications such as …".
_GENERIC: Final = re.compile(
    r"(?:\W|any|other|a|an|the|of|and|or|use|history|presence|known|current|active|significant|serious|severe|major|certain|"
    r"following|concomitant|concurrent|prohibited|medical|clinical|conditions?|diseases?|disorders?|illness(?:es)?|"
    r"medications?|drugs?|medicines?|therap(?:y|ies)|treatments?|agents?|comorbidit(?:y|ies)|procedures?|factors?|"
    r"specific|lung|pulmonary|respiratory|liver|hepatic|kidney|renal|heart|cardiac|cardiovascular|vascular|neurologic(?:al)?|"
    r"psychiatric|mental|autoimmune|infectious|infections?|systemic|gastrointestinal|endocrine|metabolic|skin|bleeding|"
    r"h(?:a)?ematologic(?:al)?|immune|immunosuppressive|immunosuppressants?|malignan(?:t|cy|cies)|cancers?|symptoms?|"
    r"diagnos[ie]s|problems?|pathology|pathologies|co-morbidit(?:y|ies)|underlying|chronic|acute|important|risk)+",
    re.IGNORECASE,
)


def generic(words: str) -> bool:
    """Whether the words over examples only say what kind of thing they are."""
    return _GENERIC.fullmatch(words.rstrip(" :,")) is not None


def adequate(text: str) -> bool:
    """ "Adequate organ function, including": whether what comes behind the words is what is asked, no example of it.

    Only where nothing else stands before: "age ≥ 18 years and adequate organ function, including" asks for more.
    """
    return _ADEQUATE.fullmatch(_BEGINS.split(text[-300:].lower())[-1]) is not None


def half_read(head: Rule, listed: Sequence[Rule]) -> bool:
    """ "Age ≥ 18 years and organ function, including ANC ≥ 1.5": tests behind words not read stand for none of them."""
    return any(map(tests, listed)) and any(isinstance(leaf, Unclear) for leaf in leaves(head))


def announced_examples(head: Clause) -> bool:
    """ "Heart disease, including any of the following:" over a list."""
    return bool(head.joints) and head.joints[-1].kind == "SUCH_AS"


def widened(before: Rule, examples: Rule, span: Span) -> Rule:
    """ "No heart disease within 6 months, including:": who has one of the examples has it, and in that time."""
    inner = before.rule if isinstance(before, Not) else before
    listed = examples.rules if isinstance(examples, AnyOf) else (examples,)
    if isinstance(before, Not) and all(isinstance(rule, Not) for rule in listed):
        return all_of([before, *listed], span)  # "No heart disease, e.g.: no angina; no infarction"
    if isinstance(inner, Present) and inner.window is not None:
        examples = timed(examples, inner.window)
    either = any_of([inner, examples], span)
    return Not(either, span=before.span) if isinstance(before, Not) else either
