"""Child processes: started so that an interrupt cannot orphan one, killed when one of their steps takes too long.

Why threads: a blocked read or write on a pipe has no time limit of its own on every system, and
Ctrl-C is raised in the main thread only.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

_watched: set[Watchdog] = set()
_lock = threading.Lock()


def kill_all() -> None:
    """Kill every process that has a watchdog: the build as a whole is over.

    Why: Ctrl-C reaches the main thread alone; a worker that is blocked on a hung encoder would keep
    the main thread waiting until the worker's own time limit.
    """
    with _lock:
        for watchdog in _watched:
            watchdog.process.kill()


def spawn(command: list[str], stdin: int, stdout: int, stderr: int, bufsize: int) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own: Ctrl-C then reaches only us, and we end the process.

    Popen is called on another thread, since an interrupt while it runs would leave a process that
    nobody holds a handle of. Raises OSError as Popen does.
    """
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(
            subprocess.Popen, command, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize,
            start_new_session=True,
        )  # fmt: skip
        try:
            return starting.result()
        except KeyboardInterrupt:
            process = starting.result()
            process.kill()
            process.communicate()
            raise


class Watchdog:
    """Kills `process` when one step with it takes longer than `seconds`.

    Only time inside `step` counts, so a slow caller never gets the process killed. `expired` says
    that it was; the pipe then breaks, and the thread that was blocked on it goes on.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self.process = process
        self._deadline: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        with _lock:
            _watched.add(self)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Put around each call that may block on the process."""
        self._deadline = time.monotonic() + self.seconds
        try:
            yield
        finally:
            self._deadline = None

    def end(self) -> None:
        """Stop watching; the thread has ended when this returns."""
        with _lock:
            _watched.discard(self)
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, self.seconds / 4)):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self.expired = True
                self.process.kill()
                return
