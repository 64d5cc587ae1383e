"""What benchmarks share: the sizes that one is asked for, and the memory that a process took."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from pathlib import Path


def sizes_of(words: Sequence[str], default: Sequence[int]) -> tuple[Sequence[int], list[str]]:
    """Of `--sizes 1000,9000 FILE` the sizes (else the default) and the other words."""
    if words[:1] != ["--sizes"]:
        return default, list(words)
    return [int(size) for size in words[1].split(",")], list(words[2:])


def peak_memory() -> float:
    """The most memory that this process had at once, in MB; that of the process which began it does not count."""
    file = Path("/proc/self/status")
    if file.is_file():
        lines = (line.split() for line in file.read_text().splitlines())
        return next(int(words[1]) for words in lines if words[0] == "VmHWM:") / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
