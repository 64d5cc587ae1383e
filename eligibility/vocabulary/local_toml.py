"""A site's own TOML file, read with its limits: words, or a policy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from eligibility.errors import Fault, InputError


def read_toml(file: Path, megabytes: int, example: str) -> dict[str, Any]:
    """The table of a file; raises InputError for one that is too large, cannot be read or is not TOML."""
    try:
        if file.stat().st_size > megabytes * 1_000_000:
            raise InputError(
                str(file), Fault("", f"is larger than {megabytes} MB", "split it, or leave out what is not needed")
            )
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise InputError(str(file), Fault("", fault.strerror or "cannot be read", "give a readable file")) from fault
    except UnicodeDecodeError as fault:
        raise InputError(str(file), Fault(f"byte {fault.start}", "is not UTF-8", "save it as UTF-8")) from fault
    except tomllib.TOMLDecodeError as fault:
        raise InputError(str(file), Fault("", f"is not TOML: {fault}", example)) from fault
