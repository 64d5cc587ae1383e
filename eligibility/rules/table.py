"""Lark's LALR table, walked directly.

Lark makes the table from the chapters and names the callbacks; both are used as they are. Its interactive parser walks
the same table, but it can tell whether a text may end somewhere only by building what stands before, and it makes
several calls per token. Here the walk that looks for the longest accepted prefix builds nothing.
`tests/test_table.py` holds both walks against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from lark import Lark

from eligibility.rules.token import Token

END: Final = "$END"
# Tokens of an island: far more than any subject and its limits have, so that a text is read in linear time.
LONGEST: Final = 200


class Typed(Protocol):
    """What can be fed: all that is asked of it is the terminal it stands for."""

    type: str


class Reduction:
    """What a production takes from the stack, which symbol it becomes, and what makes its value.

    As everywhere in Lark, a terminal that begins with "_" has no value, and another symbol that does is only a part of
    a production: the values of its symbols are taken one by one.
    """

    __slots__ = ("_as_they_are", "_dropped", "_meaning", "_opened", "_single", "origin", "size")

    def __init__(self, rule: Any, meaning: Callable[..., Any] | None) -> None:
        self.size: int = len(rule.expansion)
        self.origin = str(rule.origin.name)
        self._meaning = meaning
        self._single = bool(rule.options.expand1 and not rule.alias)
        marked = [symbol.name.startswith("_") for symbol in rule.expansion]
        self._opened = [mark and not symbol.is_term for mark, symbol in zip(marked, rule.expansion, strict=True)]
        self._dropped = [mark and symbol.is_term for mark, symbol in zip(marked, rule.expansion, strict=True)]
        self._as_they_are = not any(marked)

    def value(self, children: list[Any]) -> Any:
        """What the production makes of the values of its symbols; their list when it is only a part."""
        if not self._as_they_are:
            children = self._flat(children)
        if self._single and len(children) == 1:
            return children[0]
        return children if self._meaning is None else self._meaning(*children)

    def _flat(self, children: list[Any]) -> list[Any]:
        """The children, lists of parts opened; a repetition goes on with the list it began."""
        flat: list[Any] = children[0] if self._opened[0] else []
        for at in range(1 if self._opened[0] else 0, len(children)):
            if self._opened[at]:
                flat.extend(children[at])
            elif not self._dropped[at]:
                flat.append(children[at])
        return flat


class NotASentence(Exception):
    """The tokens do not make up what the table reads."""


class Table:
    """The parser of one start symbol. A row holds the state to go to, or the reduction to make, for each symbol.

    `meaning` finds what makes the value of a production of this name; every production that is not only a part of
    another has one.
    """

    def __init__(self, lark: Lark, start: str, meaning: Callable[[str], Callable[..., Any]]) -> None:
        conf: Any = lark.parse_interactive([], start=start).parser_state.parse_conf
        self.start, self.end = conf.start_state, conf.end_state
        reductions = {rule: Reduction(rule, _meaning_of(rule, meaning)) for rule in conf.callbacks}
        self.rows: list[dict[str, int | Reduction]] = [
            {str(symbol): reductions.get(aim, aim) for symbol, (_, aim) in conf.states[state].items()}
            for state in range(len(conf.states))
        ]

    def after_first(self, kind: str) -> frozenset[str] | None:
        """What may follow a first token of this type, END included; None when it cannot be the first."""
        states = [self.start]
        if kind not in self.rows[self.start] or not self._advance(states, kind):
            return None
        return frozenset(self.rows[states[-1]])

    def longest(self, tokens: Sequence[Token], first: int) -> int:
        """The place behind the longest accepted run of tokens from `first`, `first` for none.

        Each token that was read is left with the first of its types that fits its place.
        """
        rows = self.rows
        states, best = [self.start], first
        until = min(len(tokens), first + LONGEST)
        for at in range(first, until):
            token, row = tokens[at], rows[states[-1]]
            if END in row and self._advance(states.copy(), END):
                best = at
            for kind in token.types:
                if kind in row:
                    break
            else:
                return best
            token.type = kind
            if not self._advance(states, kind):
                return best
        return until if self._advance(states, END) else best

    def _advance(self, states: list[int], symbol: str) -> bool:
        """Take one terminal in, after the reductions it calls for; False when it turns out not to fit."""
        rows = self.rows
        action = rows[states[-1]].get(symbol)
        while isinstance(action, Reduction):
            for _ in range(action.size):
                states.pop()
            states.append(rows[states[-1]][action.origin])  # type: ignore[arg-type]  # behind a reduction is a state
            if symbol == END and states[-1] == self.end:
                return True
            action = rows[states[-1]].get(symbol)
        if action is None:
            return False
        states.append(action)
        return True

    def read(self, tokens: Sequence[Typed]) -> Any:
        """The value of the whole run of tokens; raises NotASentence when it is not accepted."""
        rows = self.rows
        states: list[int] = [self.start]
        values: list[Any] = []
        for token in (*tokens, None):
            kind: str = token.type if token is not None else END
            row: dict[str, int | Reduction] = rows[states[-1]]
            action = row.get(kind)
            while isinstance(action, Reduction):
                size = action.size
                children = values[-size:] if size else []
                for _ in range(size):  # several times faster than to delete a slice, where this is compiled
                    states.pop()
                    values.pop()
                values.append(action.value(children))
                states.append(rows[states[-1]][action.origin])  # type: ignore[arg-type]  # as above
                if token is None and states[-1] == self.end:
                    return values[-1]
                row = rows[states[-1]]
                action = row.get(kind)
            if action is None:
                raise NotASentence(kind)
            states.append(action)
            values.append(token)
        raise NotASentence(END)


def _meaning_of(rule: Any, meaning: Callable[[str], Callable[..., Any]]) -> Callable[..., Any] | None:
    """What makes the value of a production, named by its alias or its symbol; None for a part, or for its one child."""
    name = str(rule.alias or rule.origin.name)
    passed_on = rule.options.expand1 and not rule.alias and len(rule.expansion) == 1
    return None if name.startswith("_") or passed_on else meaning(name)
