"""What a token is in a sentence, by its types."""

from __future__ import annotations

from typing import Final

# The first of the types of a token in this order.
PIECES: Final = (
    "LPAR", "RPAR", "ITEM", "STOP", "SEMI", "COMMA", "ETC", "ANY_OF", "ALL_OF", "NONE_OF", "EXCLUDED", "REGARDLESS",
    "UNLESS", "EXCEPT", "SUCH_AS", "DEFINED", "EVIDENCE", "THEN", "ON_TWO", "ON_THREE", "ALLOW", "AIDED", "METHOD",
    "RELATIVE", "REASON", "PROVISO", "CASE", "CAUSE", "IF", "WHOM", "COHORT", "AND", "BUT", "OR", "NOR", "NOT",
    "FAMILY", "PLANNED", "REMOTE", "ALLERGY", "ALLERGY_AFTER", "SUSPECTED", "OF_TRIAL", "THING", "NAME", "EVER",
    "HISTORY", "NEGATIVE", "POSITIVE", "JUDGE", "CURRENT", "ACTIVE", "OTHER", "HIDDEN", "QUALIFIER", "WOMEN", "MEN",
    "PERSON", "COLON", "SLASH", "VERB", "GAUGE", "BY", "FILLER",
)  # fmt: skip
RANK: Final = {kind: rank for rank, kind in enumerate(PIECES)}
# The kind of tokens of these types, of which there are as many as the lexicon has combinations.
_KINDS: Final[dict[tuple[str, ...], str]] = {}


def kind_of(types: tuple[str, ...]) -> str:
    """The kind of the piece that a token of these types becomes; a type that is none where it has no such type."""
    kind = _KINDS.get(types)
    if kind is None:
        kind = _KINDS[types] = min(types, key=lambda name: RANK.get(name, len(PIECES)))
    return kind
