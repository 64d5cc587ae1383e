"""A heading that is a subject, and its only item, which is the limit of it."""

from __future__ import annotations

from typing import Final

from eligibility.rules.token import Token

_ORGANISATION: Final = "WHO"
# What a limit begins with.
_LIMITS: Final = frozenset(("NUM", "LEVEL", "GE", "GT", "LE", "LT", "BETWEEN", "OLDER", "YOUNGER"))


def joined_to_heading(tokens: list[Token]) -> None:
    """ "Age:" over the one item "- 18 and over", "Performance status: - WHO 0-2": the mark of the item joins both."""
    at = 2 if tokens[1].types[0] == "COLON" else 1
    if tokens[at].types[0] != "ITEM" or any(token.types[0] == "ITEM" for token in tokens[at + 1 :]):
        return
    organised = tokens[at + 1].text == _ORGANISATION and tokens[0].names == ("ecog_ps",)
    if organised or not _LIMITS.isdisjoint(tokens[at + 1].types):
        for token in tokens[at : at + 1 + organised]:
            token.types, token.type = ("LINK",), "LINK"
