"""The folder of state, `.kit`, and the files in it: ours, private, and never somewhere else on the machine.

Why: a campaign folder may come from someone else. `ledger.lock` as a link to a letter would empty the letter, the log
would be added to it, and a ledger would begin in a place that nobody looks at.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from kit.errors import WorkError
from kit.files import write_text

NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""Neither follow a link nor wait for a pipe; Windows has none of these flags."""
_NOTHING_SENT = "nothing was sent or changed; move it away and run it again"


def state_home(home: Path) -> Path:
    """The folder of state, made if it is missing. Raises WorkError where it is a link, or somebody else's."""
    refuse_state_link(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkError(
            f"{home} cannot be made: {os.strerror(error.errno or 0)}",
            "nothing was sent; fix the folder's rights or free some space, then run it again",
        ) from error
    return home


def refuse_state_link(home: Path) -> None:
    """Raise WorkError where the folder of state is a link."""
    if home.is_symlink():
        raise WorkError(
            f"{home} is a link to another place, and state is not kept behind links",
            "nothing was sent or changed; put the folder itself there",
        )


def refuse_foreign_file(path: Path) -> None:
    """Raise WorkError unless this is an ordinary file of ours, or nothing, in a folder that is no link.

    For what other code opens by its name, as SQLite does.
    """
    refuse_state_link(path.parent)
    try:
        found = path.lstat()
    except OSError:
        return  # nothing there, or whoever opens it says why not
    _refuse(path, found)


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file of state, made with the rights of its owner alone where it is missing.

    A file that others could read is theirs no more. Raises WorkError for a link, a pipe, or a file of another user.
    """
    state_home(path.parent)
    try:
        handle = os.open(path, flags | NO_LINK, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO) or path.is_symlink():
            raise WorkError(f"{path} is not an ordinary file", _NOTHING_SENT) from error
        raise WorkError(
            f"{path} cannot be opened: {os.strerror(error.errno or 0)}",
            "nothing was sent; fix the folder's rights or free some space, then run it again",
        ) from error
    try:
        _refuse(path, os.fstat(handle))
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle


def read_state(path: Path) -> bytes:
    """All of a file of state. Raises FileNotFoundError where there is none, WorkError as `open_private` does."""
    refuse_foreign_file(path)
    return path.read_bytes()


def write_state(path: Path, text: str) -> None:
    """Replace a file of state as a whole; a link in its place is replaced and not followed."""
    write_text(state_home(path.parent) / path.name, text)


def _refuse(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise WorkError(f"{path} is not an ordinary file", _NOTHING_SENT)
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise WorkError(f"{path} belongs to another user of this machine", _NOTHING_SENT)
