"""Places in a text: half-open `[start, end)` in code points of the text as it was given."""

Span = tuple[int, int]
