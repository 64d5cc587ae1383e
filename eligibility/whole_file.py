"""Files are written whole or not at all; those with patient data for nobody's eyes but their owner's."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from eligibility.errors import Fault, InputError


@contextmanager
def whole_file(path: Path, what: str, private: bool = True) -> Iterator[Path]:
    """An empty draft beside this path, mode 0600, which takes the path's place when the block ends without an error.

    Until then an older file stands there, or none; the draft ends in `.part` and is taken away when anything goes
    wrong. What is not `private` may be read by whom the folder's owner lets (the process's umask). `what` names it in
    messages ("report"). Raises InputError for what is no regular file, for a folder that
    cannot be written in, and for a disk that is full.
    """
    _refuse_other_kinds(path, what)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
        # a package that writes may have put a file of its own in the place of the draft
        draft.chmod(0o600 if private else 0o666 & ~_umask())
        _settle(draft)
        draft.replace(path)
    except OSError as error:
        raise InputError(str(path), _unwritten(error, what)) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _umask() -> int:
    """What new files are not given here; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _refuse_other_kinds(path: Path, what: str) -> None:
    """A pipe, a device or a folder cannot be replaced by a file."""
    with suppress(OSError):
        if path.is_dir():
            raise InputError(str(path), Fault("", "is a folder", f"name the file of the {what}"))
        if not S_ISREG(path.stat().st_mode):
            raise InputError(str(path), Fault("", "is no regular file", "name a file, or - for standard output"))


def _settle(draft: Path) -> None:
    """On the disk, before it gets its name."""
    handle = os.open(draft, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritten(error: OSError, what: str) -> Fault:
    if error.errno == errno.ENOSPC:
        return Fault("", f"the disk is full, and no {what} was written", "make room, or write it elsewhere")
    return Fault("", f"cannot be written ({error.strerror}), and no {what} is there", "write it elsewhere")
