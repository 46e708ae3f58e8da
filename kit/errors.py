"""The two kinds of error that are shown to the user.

`InputError`: something in the user's files is wrong (exit 2, nothing written). `WorkError`: the input is
good, but something around it failed: a full disk, a crashed encoder (exit 1, and it says what is safe).
Any other exception is a bug of this program and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing wrong in one file, at a place a person can jump to.

    `line` and `column` count from 1, as editors do; 0 means "the file as a whole".
    `path` is the dotted way to the value (`tools.2.facts.hours`), empty for the whole file.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class KitError(Exception):
    """Something a person can put right. `hint` says how; `exit_status` is the process's."""

    exit_status = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(KitError):
    """Bad input: all mistakes of all files at once. Exit 2, nothing has been written."""

    exit_status = 2

    def __init__(self, message: str = "", hint: str = "", mistakes: Iterable[Mistake] = ()) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__(message or "\n".join(map(str, self.mistakes)), hint)


class WorkError(KitError):
    """Good input, but the work could not be done. Says what is safe and what to do."""
