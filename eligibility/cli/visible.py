"""Messages that are safe to print, whatever stands in the file they speak of."""

from __future__ import annotations


def visible(message: str) -> str:
    """A message in which signs that could steer a terminal are shown by their code point; line ends stay."""
    return "".join(sign if sign.isprintable() or sign == "\n" else f"<U+{ord(sign):04X}>" for sign in message)
