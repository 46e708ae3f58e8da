"""Reading and writing files so that nobody ever reads a partly written one.

Every write goes beside its target and is then renamed over it. A reader sees the old file or the
new one, whatever kills the process in between.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.errors import InputError, Mistake, WorkError

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


def inside(folder: Path, name: str, most: int) -> Path:
    """A file of a campaign folder, once it may be read: an ordinary file in it, of at most `most` bytes.

    The one door for logos, photos, films, voices, fonts and templates. Why: a folder may come from someone else. A
    link that leads out of it publishes a private file; a pipe, or a sparse file of 500 GB, holds a build for
    ever. A name that nothing has is given back: the reader says what is missing. Raises InputError.
    """
    path = folder / name
    if why := _unfit(folder, path, most):
        raise InputError(mistakes=[Mistake(name, 0, 0, "", why)])
    return path


def leads_out(folder: Path, path: Path) -> bool:
    """Whether what a path really names lies outside of a folder, links followed."""
    try:
        # realpath and not resolve: it does not raise on a loop of links
        return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # a name with a NUL in it leads nowhere
        return False


def _unfit(folder: Path, path: Path, most: int) -> str:
    try:
        if leads_out(folder, path):
            return "leads out of the campaign folder; put the file itself inside it"
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return "is a link that leads nowhere; put the file itself there" if path.is_symlink() else ""
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = getattr(error, "strerror", None) or "no file can have this name"
        return f"cannot be read: {reason}; put the file itself there"
    if stat.S_ISDIR(found.st_mode):
        return "is a folder; name the file itself"
    if not stat.S_ISREG(found.st_mode):
        return "is not an ordinary file; put the file itself there"
    if found.st_size > most:
        return f"is {found.st_size / 1e6:,.1f} MB; at most {most / 1e6:g} MB are read: export it smaller"
    return ""


def refuse_links(folder: Path) -> None:
    """Raise WorkError where a folder that we write in, or one below it, is a link. One that is not there may be made.

    Why: through a link we would write, and tidy up, somewhere else on the machine.
    """
    links = [folder] if folder.is_symlink() else []
    for place, names, _ in os.walk(folder):
        links += [Path(place, name) for name in names if Path(place, name).is_symlink()]
    if links:
        raise WorkError(
            f"{min(links)} is a link to another place, and nothing is written through links",
            "remove the link; to write somewhere else, use --out",
        )


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
