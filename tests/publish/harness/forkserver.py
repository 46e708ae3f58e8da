"""Runs one pass of the real runner in a forked process that kills itself at a given line.

A process of its own, with one thread: forking spares each of a thousand runs the imports.
Lines are counted in the publishing code and in the HTTP client, so that a kill falls between any two
steps: before and after each commit, before, inside and after the call.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from kit.errors import WorkError
from kit.model.post import Post
from kit.publish import runner
from kit.publish.decide import Work
from kit.publish.engine import Rules
from kit.publish.ledger import Ledger
from kit.publish.ledger_schema import stamp
from kit.publish.protocol import Attempt, NotPrepared
from kit.publish.records import send_key
from tests.publish.harness.rows import ROWS
from tests.publish.moments import DUE

_WATCHED = (
    "/kit/publish/", "/http/client.py", "/harness/publishers.py",
    "/atproto_client/request.py", "/atproto_client/client/", "/httpx/_client.py", "/httpx/_transports/",
    "/httpcore/_sync/", "/httpcore/_backends/sync.py",
    "/tweepy/client.py", "/mastodon/internals.py", "/requests/adapters.py", "/requests/sessions.py",
)  # fmt: skip
_UNWATCHED = ("/kit/publish/approvals.py", "/kit/publish/logs.py")


class _Clock:
    """Stands still within a pass: the harness moves it between passes."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a pass does not sleep")


@cache
def _is_watched(name: str) -> bool:
    return any(part in name for part in _WATCHED) and not any(part in name for part in _UNWATCHED)


def _kill_at(line: int, counted: Path) -> Any:
    """A trace function that counts lines, and ends the process at the wanted one."""
    seen = 0

    def local(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if event == "line":
            seen += 1
            if seen == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        return local if _is_watched(frame.f_code.co_filename) else None

    def done() -> None:
        counted.write_text(str(seen))

    trace.done = done  # type: ignore[attr-defined]
    return trace


def _unprotected() -> None:
    """Take the ledger's protection away: an interrupted call is forgotten, and the post is planned again."""

    def interrupted(self: Ledger, accounts: Any, now: datetime, settled: datetime) -> list[str]:
        with self._writing(now) as t:
            t.run("UPDATE attempt SET outcome = 'not_sent' WHERE outcome <> 'posted'")
            t.run(
                "UPDATE post SET state = 'retry_at', next = ? WHERE state IN ('sending', 'unknown', 'reconciling')",
                (stamp(now),),
            )
        return []

    Ledger.interrupted = interrupted  # type: ignore[method-assign]


def _run(order: dict[str, Any]) -> None:
    if order["unprotected"]:
        _unprotected()
    now = datetime.fromisoformat(order["now"])
    home, clock = Path(order["home"]), _Clock(now)
    publisher = ROWS[order["row"]].connect(order["port"], now, Path(order["folder"]))
    work = Work(
        tuple(Post.model_validate(post) for post in order["posts"]),
        lambda _: publisher,
        lambda _: [],
        Rules(on_unknown=order["on_unknown"]),
    )
    trace = _kill_at(order["kill_at"], home / "lines")
    sys.settrace(trace)
    try:
        with runner.running(home, clock) as ledger:
            runner.begin(ledger, work, clock)
            runner.one_pass(ledger, work, clock, home)
    finally:
        sys.settrace(None)
        trace.done()


@cache
def _warm(name: str, folder: str) -> None:
    """Go a row's whole way once: what its client library loads late is then loaded before the forks."""
    row = ROWS[name]
    server = row.serve()
    publisher = row.connect(server.port, DUE, Path(folder))
    with suppress(NotPrepared):
        publisher.validate(row.post, publisher.limits())
        prepared = publisher.prepare(row.post, {}, lambda _: None)
        attempt = Attempt(1, send_key(row.post.key), DUE, prepared.notes)
        publisher.send(row.post, prepared, attempt)
        publisher.find(row.post, attempt)
    server.stop()


def main() -> None:
    """Orders on standard input, one a line; how each ended on standard output."""
    logging.disable(logging.CRITICAL)  # what a killed runner says is not what is judged
    for line in sys.stdin:
        order = json.loads(line)
        _warm(order["row"], order["folder"])
        child = os.fork()
        if child == 0:
            try:
                _run(order)
                os._exit(0)
            except WorkError:  # another runner is at work
                os._exit(3)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
