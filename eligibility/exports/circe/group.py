"""Groups of Circe criteria, and what is lost in each: the algebra that rules are put together with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["weaker", "stronger"]
Json = dict[str, Any]
_LISTS = ("CriteriaList", "DemographicCriteriaList", "Groups")


@dataclass(frozen=True, slots=True)
class Part:
    """What a rule is in Circe: a group, or None where it is left out and everybody passes.

    `gone` says to which side it differs from the rule, `why` in words; `assuming` are keys of ASSUMPTIONS.
    """

    group: Json | None
    gone: frozenset[Direction] = frozenset()
    why: tuple[str, ...] = ()
    assuming: frozenset[str] = frozenset()


def left_out(why: str) -> Part:
    """What Circe has no word for: everybody passes."""
    return Part(None, frozenset(("weaker",)), (why,))


def group(type: str, *, count: int | None = None, **lists: Sequence[Json]) -> Json:
    """A CriteriaGroup: ALL, ANY or AT_LEAST `count` of what the lists hold."""
    head: Json = {"Type": type} if count is None else {"Type": type, "Count": count}
    return head | {name: list(lists.get(name, ())) for name in _LISTS}


def of_criterion(criterion: Json) -> Json:
    """The group of one windowed criterion."""
    return group("ALL", CriteriaList=[criterion])


def of_person(demographic: Json) -> Json:
    """The group of one demographic criterion."""
    return group("ALL", DemographicCriteriaList=[demographic])


def all_of(parts: Sequence[Part]) -> Part:
    """Everything that is not left out."""
    return _part([part.group for part in parts if part.group is not None], "ALL", None, parts)


def any_of(parts: Sequence[Part]) -> Part:
    """One of them; where one is left out, everybody passes."""
    return at_least(1, parts)


def at_least(count: int, parts: Sequence[Part]) -> Part:
    """`count` of them; each that is left out counts as passed."""
    groups = [part.group for part in parts if part.group is not None]
    needed = count - (len(parts) - len(groups))
    if needed <= 0:
        return _part([], "ALL", None, parts)
    return _part(groups, "ANY", None, parts) if needed == 1 else _part(groups, "AT_LEAST", needed, parts)


def _part(groups: Sequence[Json], type: str, count: int | None, parts: Sequence[Part]) -> Part:
    made = None if not groups else groups[0] if len(groups) == 1 else _joined(groups, type, count)
    return Part(
        made,
        frozenset().union(*(part.gone for part in parts)),
        tuple(dict.fromkeys(why for part in parts for why in part.why)),
        frozenset().union(*(part.assuming for part in parts)),
    )


def _joined(groups: Iterable[Json], type: str, count: int | None) -> Json:
    """One group of several; those that hold a single thing, and those of the same kind, are taken in whole."""
    made = group(type, count=count)
    for one in groups:
        alike = one["Type"] == type and count is None
        if alike or (one["Type"] == "ALL" and sum(len(one[name]) for name in _LISTS) == 1):
            for name in _LISTS:
                made[name] += one[name]
        else:
            made["Groups"].append(one)
    return made
