"""The sizes that a benchmark is asked for."""

from __future__ import annotations

from collections.abc import Sequence


def sizes_of(words: Sequence[str], default: Sequence[int]) -> tuple[Sequence[int], list[str]]:
    """Of `--sizes 1000,9000 FILE` the sizes (else the default) and the other words."""
    if words[:1] != ["--sizes"]:
        return default, list(words)
    return [int(size) for size in words[1].split(",")], list(words[2:])
