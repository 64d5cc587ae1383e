"""The noun of this station: a word of the field, written once, with everything known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["quantity", "scale", "condition", "treatment", "procedure", "allergen", "state"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a public system: LOINC, SNOMED CT, ICD-10-CM, RxNorm, ATC; `status` as in its source."""

    system: str
    code: str
    name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scale: its house spelling and every other way to write it (casefolded)."""

    value: str
    aliases: tuple[str, ...] = ()
    label: str = ""
    score: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One row of a table.

    `synonyms` are matched whatever their case, `exact` only as written (EGFR is not eGFR).
    `near` is a context rule: synonym → words of which one must stand in the same criterion.
    Quantities have `unit` (canonical, house spelling; None when unitless), `molar_mass` in g/mol, `plausible`
    bounds and `assume` (low, high, unit: what a bare number means), all in facts of the shared sheet; `bedside`
    says that no laboratory has a range of it, so that "normal" is no multiple of one; `counted` that it is a number
    of what its synonyms name, so that a limit may stand before them ("more than 3 tender joints"); `findings` name
    what its values are called when out of range ("thrombocytopenia < 100 10*9/L" is a platelet count).
    `formula_of` is the quantity that this one gives by a formula, and `formula` what texts call that ("MDRD").
    `open` says that the rows below a word are not all of its kinds: that a record names none of them proves nothing.
    Scales have `levels` in severity order, `groups` (a name → several levels), `score` (the quantity
    whose number implies a level) and `bare` (the mere mention means any level from the second up).
    A `result` is the scale of a test that is negative or positive: `positive` and `negative` are names of that level
    ("EGFR mutation"), `of` is the condition or state it is a test of, `shows` says that positive shows it to be there,
    `rules_out` that negative does the contrary, `shown_by` that whoever has it is positive; `method` makes it one way
    to do the test above it, each result of which is one of that. `lasting` is for how many
    days a level counts where not as long as others. Whoever is something in `denied_by` is surely not this.
    `question` is how to ask a patient for it, where the question for its kind of word would be worse.
    """

    key: str
    kind: Kind
    label: str
    synonyms: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()
    parents: tuple[str, ...] = ()
    open: bool = False
    unit: str | None = None
    units: tuple[str, ...] = ()
    molar_mass: float | None = None
    valence: float | None = None
    affine: dict[str, tuple[float, float]] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    plausible: tuple[float, float] | None = None
    assume: tuple[tuple[float, float, str], ...] = ()
    reference: tuple[float | None, float | None, str | None] | None = None
    fixed: float | None = None
    bedside: bool = False
    counted: bool = False
    findings: tuple[str, ...] = ()
    formula_of: str = ""
    formula: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    higher_is_worse: bool | None = None
    score: str | None = None
    bare: bool = False
    result: bool = False
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    of: str = ""
    method: bool = False
    shows: bool = False
    rules_out: bool = False
    shown_by: bool = False
    lasting: int | None = None
    denied_by: tuple[str, ...] = ()
    question: str = ""
    source: str = ""
    confidence: str = "high"
