"""How a criteria text is laid out, in any language: lines, list marks, indentation, wraps. Offsets are exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

_DASHES: Final = "-–—‒−‐‑﹣－"
_DOTS: Final = "*•·●○▪■◦‣⁃∙⚫⬤♦◆➢►▶✓✔√❖\uf0b7\uf0a7\uf02d"

_MARK: Final = re.compile(
    rf"""\\?(?:
      (?P<dash>[{_DASHES}]{{1,3}}(?![{_DASHES}>])(?=\s|[^\d\s]|\d))
    | (?P<dot>[{_DOTS}](?![*]))
    | (?P<o>o(?=\s))
    | (?P<number>[(（]?\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}
        (?:\\?\.(?!\d)|\s?\\?[)）](?:\.(?!\d))?|[、．](?!\d)|\s?-\s(?=[A-Za-z]))|\[\d{{1,2}}\](?=\s)|[①-⑳])
    | (?P<deep>\d{{1,2}}(?:\.\d{{1,2}}){{2,3}}(?=\s))
    | (?P<roman>\(?(?:i{{1,3}}|iv|vi{{0,3}}|ix|x)(?:[.)](?=\s)|\)))
    | (?P<letter>\(?[a-z](?:[.)](?=\s)|\)(?=\w))|\(?[A-Z](?:\.(?=\s+[^a-z\s])|\)(?=\s)))
    )\s*""",
    re.X,
)
# A number that says whose side it is on: "E 14. Received …", "Criterion 7 Known …".
_NUMBERED: Final = re.compile(r"(?:[EI]\s\d{1,2}[.:)]|[EI]\d{1,2}[.)]|Criteri(?:on|a)\s\d{1,2}[.:)]?)\s+(?=[A-Z])")
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKS_START: Final = frozenset(
    "\\(（[" + _CIRCLED + _DASHES + _DOTS + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


_PLAIN: Final = {"*": "*", "•": "•", "-": "dash"}
_DOUBLED: Final = frozenset(" (" + _DASHES + _DOTS + "0123456789")


class Line(NamedTuple):
    """One line without its list mark: `text` stands at [start, end) of the whole text.

    `indent` is the column of the mark or first word, `style` the kind of mark ("" for none), `number` its
    number (0 for bullets), `gap` the blank lines before it, `wrapped` whether it goes on with the line before.
    """

    text: str
    start: int
    end: int
    indent: int
    style: str
    number: int
    gap: int
    wrapped: bool


def lines(text: str, cut: Callable[[str], list[int]]) -> Iterator[Line]:
    """Yield the lines of a text; `cut` says at which places of a line's words another line begins."""
    raws = text.split("\n") if "\n" in text or "\r" not in text else text.split("\r")
    width = max(map(len, raws)) if len(raws) > 1 else 0
    at = gap = before = 0
    last = ""
    for raw in raws:
        body = raw.strip()
        if not body:
            gap += 1
        else:
            lead = len(raw) - len(raw.lstrip())
            wrapped = bool(before and not gap and width < 102 and _is_wrapped(before, last, body, lead, width))
            places = cut(body)
            if places:
                yield from _pieces(body, at + lead, lead, gap, wrapped, places)
            else:
                yield line(body, at + lead, lead, gap, wrapped)
            gap, before, last = 0, lead + len(body), body[-1]
        at += len(raw) + 1


def _is_wrapped(before: int, last: str, body: str, lead: int, width: int) -> bool:
    """Whether the line before was full: the first word here would not have fitted into it.

    Texts that are not indented (unlike the registry's XML) may be one criterion a line, so there the sentence
    must also go on.
    """
    first = body[: body.find(" ")] if " " in body[:60] else body[:60]
    full = width >= 60 and before + 1 + len(first) >= width
    return full and (lead >= 6 or (first[0].islower() and last not in ".;:"))


def _pieces(body: str, start: int, indent: int, gap: int, wrapped: bool, places: list[int]) -> Iterator[Line]:
    for begin, end in zip([0, *places], [*places, len(body)], strict=True):
        piece = body[begin:end].strip()
        if piece:
            lead = body.find(piece[0], begin) - begin
            yield line(piece, start + begin + lead, indent, gap, wrapped)
        gap, wrapped = 0, False


def line(body: str, start: int, indent: int, gap: int = 0, wrapped: bool = False) -> Line:
    """Return the line of these words, their list mark taken off. `body` has no blanks around it."""
    found = _marked(body, start, indent, gap, wrapped)
    label = _NUMBERED.match(found.text) if found.text[0] in "EIC" else None
    if label is None:
        return found
    text = found.text[label.end() :]
    return found._replace(text=text, start=found.end - len(text), style=found.style or "number1.", wrapped=False)


def _marked(body: str, start: int, indent: int, gap: int, wrapped: bool) -> Line:
    if body[0] in "*-•" and body[1:2] == " " and body[1:].lstrip()[0] not in _DOUBLED:
        words = body[1:].lstrip()
        return Line(words, start + len(body) - len(words), start + len(body), indent, _PLAIN[body[0]], 0, gap, False)
    match = _MARK.match(body) if body[0] in _MARKS_START or body[0] in _DOTS else None
    if not match or match.end() == len(body):
        return Line(body, start, start + len(body), indent, "", 0, gap, wrapped)
    style, number = _style(match.lastgroup or "", match[0])
    again = _MARK.match(body, match.end()) if body[match.end()] in _DOUBLED else None
    end = again.end() if again and again.end() < len(body) else match.end()
    return Line(body[end:], start + end, start + len(body), indent, style, number, gap, False)


@lru_cache(maxsize=4096)
def _style(kind: str, mark: str) -> tuple[str, int]:
    mark = mark.strip()
    if kind == "number":
        if mark in _CIRCLED:
            return "circled", _CIRCLED.index(mark) + 1
        digits = re.findall(r"\d+", mark)
        shape = re.sub(r"\d+|\s|\\", "", mark)
        return f"number{len(digits)}{shape}", int(digits[-1])
    if kind == "letter":
        letter = mark.strip("(.)\\")
        return "letter" if letter.islower() else "LETTER", ord(letter.lower()) - 96
    if kind == "roman":
        return "roman", 1 if mark.strip("(.)\\") == "i" else 2
    return (mark[:1] if kind == "dot" else kind), 0


_NUMBERS: Final = re.compile(r"(?:(?<=[\s;,.:)])|^)(?:\((\d{1,2})\)|(\d{1,2})\)|(\d{1,2})\.(?=\s*[^\d\s]))(?=\s*\S)")
_SEPARATOR: Final = re.compile(r"(?<!\d)\s([-*•–])\s+(?=\S)|\s([-*•–])\s+(?=[^\d\s])")


def inline_items(body: str, begin: int, limit: int | None = None) -> list[int]:
    """Return where the further items of a list within one line begin: `1) … 2) …`, or `- … - …`.

    The list must open at `begin`; numbers must count on from there in one style.
    """
    limit = len(body) if limit is None else limit
    while begin < limit and body[begin] == " ":
        begin += 1
    first = _NUMBERS.match(body, begin, limit)
    if first and first.lastindex:
        return _counted(body, first.end(), limit, first.lastindex, int(first[first.lastindex]))
    if begin < limit and body[begin] in "-*•–":
        return [match.start() + 1 for match in _SEPARATOR.finditer(body, begin, limit) if body[begin] in match.groups()]
    return []


def _counted(body: str, begin: int, limit: int, style: int, number: int) -> list[int]:
    places = []
    for match in _NUMBERS.finditer(body, begin, limit):
        if match.lastindex == style and int(match[style]) == number + 1:
            places.append(match.start())
            number += 1
    return places
