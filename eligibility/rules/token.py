"""The noun that the grammar is fed."""

from __future__ import annotations


class Token:
    """What the grammar is fed: `types` it may stand for, the `type` it was taken as, and its place.

    `number` for NUM, `unit` for UNIT and TIME, `names` (measurable words) for NAME, `things` for THING,
    `findings` (quantities whose values are called so) for FINDING;
    `graded` when every measurable word it may mean is a scale; `glued` when no space stands before it.
    """

    __slots__ = (
        "end",
        "findings",
        "glued",
        "graded",
        "names",
        "number",
        "start",
        "text",
        "things",
        "type",
        "types",
        "unit",
    )

    def __init__(
        self,
        types: tuple[str, ...],
        text: str,
        start: int,
        end: int,
        glued: bool = False,
        names: tuple[str, ...] = (),
        things: tuple[str, ...] = (),
        graded: bool = False,
    ) -> None:
        self.types = types
        self.type = types[0]
        self.text = text
        self.start = start
        self.end = end
        self.glued = glued
        self.names = names
        self.things = things
        self.graded = graded
        self.number: float = 0.0
        self.unit: str = ""
        self.findings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"{'|'.join(self.types)}({self.text!r})"
