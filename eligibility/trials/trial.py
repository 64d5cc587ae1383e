"""The noun of this station: a trial as its registry published it."""

from __future__ import annotations

from dataclasses import dataclass, field

# How much of a title tells trials apart in one line.
_TITLE = 80


@dataclass(frozen=True, slots=True)
class Trial:
    """One registry record, texts exactly as given.

    `criteria` and `description` keep every character of the record (escapes, wraps, entities), so that
    offsets into them give the words back. Ages are the registry's words ("18 Years"), None when the
    record has none. `sex` is ALL, FEMALE or MALE; `status` is the registry's word in API v2 spelling
    (RECRUITING, WITHDRAWN …). `source` says where it was read from, for messages only.
    """

    id: str
    title: str = ""
    status: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    sex: str | None = None
    healthy_volunteers: bool | None = None
    criteria: str = ""
    description: str = ""
    conditions: tuple[str, ...] = ()
    source: str = field(default="", compare=False)

    def __repr__(self) -> str:
        title = f" {self.title[:_TITLE]!r}" if self.title else ""
        return f"<Trial {self.id!r}{title}: {len(self.criteria):,} characters of criteria>"
