"""Checks of many files: in parallel processes, and not repeated while nothing has changed."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from math import ceil
from multiprocessing import get_context
from pathlib import Path

from kit.build.cache import Cache
from kit.build.request import Request
from kit.check import check_artifacts
from kit.check.runner import worst_first
from kit.errors import WorkError
from kit.files import digest_of
from kit.load import Loaded
from kit.model.artifact import Artifact, Report
from kit.resources import code_digest

_MANY_FILES = 600
"""From here on files are checked beside each other. Starting a process takes a second."""
_PART_FILES = 100
"""Files that a process takes at a time, at most. Every n-th of a language, since clips lie together and take longest."""


def check_files(
    loaded: Loaded, name: str, artifacts: Sequence[Artifact], folder: Path, request: Request, cache: Cache
) -> Report:
    """The findings for these files, a language at a time; the last ones again where nothing changed.

    Sound because the key holds every byte (by sha256), the campaign and its storyboards, the day, and the code and
    libraries that check.
    """
    boards = {board_id: board.model_dump(mode="json") for board_id, board in loaded.storyboards.items()}
    rest = digest_of(
        loaded.campaign.model_dump(mode="json"), boards, str(request.today), code_digest("check")
    )
    own = {
        code: [a for a in artifacts if a.language == code] for code in sorted({a.language for a in artifacts})
    }
    keys = {code: digest_of([a.entry() for a in files], rest) for code, files in own.items()}
    known = {code: cache.report(f"{name}-{code}", key) for code, key in keys.items()}
    unknown = {code: files for code, files in own.items() if known[code] is None}
    fresh = _check_each(loaded, unknown, folder, request)
    for code, found in fresh.items():
        cache.keep_report(f"{name}-{code}", keys[code], found)
    report = Report()
    for code in own:
        report = report.plus(fresh.get(code) or known[code] or Report())
    return report


def _check_each(
    loaded: Loaded, files: dict[str, list[Artifact]], folder: Path, request: Request
) -> dict[str, Report]:
    """The findings of each language; in processes where that pays, since decoding holds the interpreter."""
    check = partial(check_artifacts, loaded.campaign, loaded.storyboards, folder=folder, today=request.today)
    if request.workers < 2 or sum(map(len, files.values())) < _MANY_FILES:
        return {code: check(own) for code, own in files.items()}
    parts = {code: ceil(len(own) / _PART_FILES) for code, own in files.items()}
    # spawned, not forked: the typesetter's threads would be forked half
    with ProcessPoolExecutor(
        min(request.workers, sum(parts.values())), get_context("spawn"), initializer=_leave_ctrl_c_to_parent
    ) as pool:
        running = {
            code: [pool.submit(check, own[part :: parts[code]]) for part in range(parts[code])]
            for code, own in files.items()
        }
        try:
            return {code: _together([f.result() for f in futures]) for code, futures in running.items()}
        except BrokenProcessPool as error:
            raise WorkError(
                "a process that checked files was stopped by the system",
                "what is drawn is safe; if memory ran out, run again with --workers 1",
            ) from error


def _together(reports: Iterable[Report]) -> Report:
    whole = Report()
    for report in reports:
        whole = whole.plus(report)
    return worst_first(whole)


def _leave_ctrl_c_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
