"""Reading and writing files so that nobody ever reads a partly written one.

Every write goes beside its target and is then renamed over it. A reader sees the old file or the
new one, whatever kills the process in between.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.errors import WorkError

PARTIAL = ".partial-"
"""Prefix of unfinished files; a build removes those that a killed build left behind."""

_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST)
"""EEXIST: `--out` names a file where a folder should be."""


@contextmanager
def atomic_path(target: Path, mode: int = 0o644) -> Iterator[Path]:
    """Yield a path beside `target` to write to; rename it over `target` if nothing was raised.

    The unfinished file is private; `mode` is what the whole one gets. Raises `WorkError` when the
    disk is full or the folder is not writable, after removing the unfinished file.
    """
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PARTIAL, suffix=target.suffix, dir=target.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            partial.chmod(mode)
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WorkError(
                f"the disk is full: {target.name} was not written",
                "files already finished are safe; free some space and run the same command again",
            ) from error
        if error.errno in _NOT_WRITABLE:
            raise WorkError(
                f"{target} cannot be written: {os.strerror(error.errno)}",
                "choose another folder with --out, or change its rights",
            ) from error
        raise


def write_bytes(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Write the whole file or nothing."""
    with atomic_path(target, mode) as partial:
        partial.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """UTF-8, line feeds as given (never the platform's)."""
    write_bytes(target, text.encode())


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stable_json(value: Any) -> str:
    """Sorted keys, UTF-8, one trailing line feed: the same value is the same bytes."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest_of(*parts: Any) -> str:
    """Hex SHA-256 of JSON-ready values: the identity of a job's inputs."""
    return hashlib.sha256(
        json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()
