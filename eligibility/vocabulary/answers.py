"""What a coded answer says: that the thing asked for is there, is not, or was."""

from __future__ import annotations

from typing import Literal

Status = Literal["active", "resolved", "history", "refuted", "unknown"]
_STATUSES: dict[str, Status] = {"yes": "active", "no": "refuted"}


def answer_status(text: str) -> Status | None:
    """The status a text or code of an answer stands for, None when it is not known."""
    return _STATUSES.get(text.casefold())


def answers_to(system: str, code: str, said: tuple[str, ...]) -> tuple[tuple[str, Status], ...]:
    """What the answers to a question (by its code) say of which concepts; empty when the question is not known."""
    return ()
