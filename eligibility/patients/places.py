"""Places within a file, as messages name them."""

from __future__ import annotations


def inside(place: str, *steps: int | str) -> str:
    """A place further in: `inside("line 3", "measurements", 2)` is `line 3: measurements[2]`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    if place.endswith("]") or not place or not path:
        return place + ("" if path.startswith("[") or not place or not path else ".") + path
    return f"{place}{path}" if path.startswith("[") else f"{place}: {path}"
