"""The chapter `criterion`: the tree of a sentence over pieces. What the words mean is decided in `logic`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final


class Piece:
    """A token of the sentence grammar: an island, a concept, a connective, or a run of other words.

    `type` is the grammar's terminal, `kind` what the piece is, `value` what it carries (a rule, a reading,
    the keys of a concept, the word of a connective).
    """

    __slots__ = ("end", "kind", "start", "type", "value")

    def __init__(self, kind: str, start: int, end: int, value: Any = None, type: str = "PIECE") -> None:
        self.kind, self.start, self.end, self.value, self.type = kind, start, end, value, type

    def __repr__(self) -> str:
        return f"{self.kind}[{self.start}:{self.end}]"


@dataclass(init=False, slots=True)
class Bracket:
    """What stands in brackets, with the place of the brackets."""

    clauses: tuple[Clause, ...]
    start: int
    end: int
    kind: str

    def __init__(self, clauses: tuple[Clause, ...], start: int, end: int) -> None:
        self.clauses, self.start, self.end = clauses, start, end
        self.kind = "BRACKET"


Part = Piece | Bracket
_JOINTS: Final = ("JOIN", "TURN")


@dataclass(init=False, slots=True)
class Clause:
    """Members and the joints between them: `joints[i]` stands before `members[i + 1]`.

    `kinds` are those of all its parts, asked for by every question about a clause.
    """

    members: tuple[tuple[Part, ...], ...]
    joints: tuple[Piece, ...]
    kinds: frozenset[str]

    def __init__(self, members: tuple[tuple[Part, ...], ...], joints: tuple[Piece, ...]) -> None:
        self.members, self.joints = members, joints
        self.kinds = frozenset([part.kind for member in members for part in member])

    @property
    def start(self) -> int:
        """Where the clause begins."""
        return self.members[0][0].start

    @property
    def end(self) -> int:
        """Where the clause ends."""
        return self.members[-1][-1].end

    def parts(self) -> Iterator[Part]:
        """Every part of every member, in reading order."""
        for member in self.members:
            yield from member


@dataclass(init=False, slots=True)
class Block:
    """A sentence, or a list with its head; `ors` of its items are joined to the one before by "or"."""

    head: tuple[Clause, ...]
    items: tuple[tuple[Clause, ...], ...]
    ors: int

    def __init__(
        self,
        head: tuple[Clause, ...],
        items: tuple[tuple[Clause, ...], ...] = (),
        ors: int = 0,
    ) -> None:
        self.head = head
        self.items = items
        self.ors = ors


def flat_clause(pieces: Sequence[Piece]) -> Clause | None:
    """The one clause that most criteria are, read without a parser; None for anything with brackets, lists, sentences.

    It is what the chapter's grammar makes of members and joints in turn, and has that as its test.
    """
    members: list[tuple[Piece, ...]] = []
    joints: list[Piece] = []
    begin = 0
    for at, piece in enumerate(pieces):
        if piece.type in _JOINTS:
            members.append(tuple(pieces[begin:at]))
            joints.append(piece)
            begin = at + 1
        elif piece.type != "PIECE":
            return None
    members.append(tuple(pieces[begin:]))
    return Clause(tuple(members), tuple(joints)) if all(members) else None


# The items of a list, and how many of them are joined by "or".
Items = tuple[tuple[tuple[Clause, ...], ...], int]


class SentenceMeaning:
    """Callbacks of the chapter."""

    def criterion(self, *blocks: Block) -> tuple[Block, ...]:
        return blocks

    def plain(self, clauses: tuple[Clause, ...]) -> Block:
        return Block(clauses)

    def headed(self, clauses: tuple[Clause, ...], items: Items) -> Block:
        return Block(clauses, *items)

    def plain_items(self, items: Items) -> Block:
        return Block((), *items)

    def items(self, *items: tuple[Piece, tuple[Clause, ...]]) -> Items:
        return tuple(clauses for _, clauses in items), sum(mark.value == "or" for mark, _ in items)

    def item(self, mark: Piece, clauses: tuple[Clause, ...]) -> tuple[Piece, tuple[Clause, ...]]:
        return mark, clauses

    def clauses(self, *parts: Clause | Piece) -> tuple[Clause, ...]:
        return tuple(part for part in parts if isinstance(part, Clause))

    def clause(self, *parts: Any) -> Clause:
        return Clause(parts[::2], parts[1::2])

    def joint(self, piece: Piece) -> Piece:
        return piece

    def member(self, *parts: Part) -> tuple[Part, ...]:
        return parts

    def bracket(self, opening: Piece, clauses: tuple[Clause, ...], closing: Piece) -> Bracket:
        return Bracket(clauses, opening.start, closing.end)
