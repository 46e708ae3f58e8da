"""Child processes: none is lost at its birth, and one that gets nowhere is ended.

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

_waited_for: set[Watchdog] = set()
_lock = threading.Lock()


def kill_all() -> None:
    """Kill every process that anything waits for now: the work as a whole is over.

    Why: Ctrl-C reaches the main thread alone; a worker that is blocked on a hung encoder would keep
    it waiting for as long as its patience lasts.
    """
    with _lock:
        for patience in _waited_for:
            patience.process.kill()


def spawn(command: list[str], stdin: int, stdout: int, stderr: int, bufsize: int) -> subprocess.Popen[bytes]:
    """A process in a session of its own: Ctrl-C reaches us alone, and we end it.

    An interrupt between its birth and the return of Popen would lose it, still running; so it is
    born on another thread. Raises OSError as Popen does.
    """
    with ThreadPoolExecutor(1) as pool:
        birth = pool.submit(
            subprocess.Popen, command, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize,
            start_new_session=True,
        )  # fmt: skip
        try:
            return birth.result()
        except KeyboardInterrupt:
            process = birth.result()
            process.kill()
            process.communicate()
            raise


class Watchdog:
    """Kills `process` when one step with it takes longer than `seconds`.

    Only time inside `step` counts, so our own slowness is never held against the process. `over`
    says that it happened; the pipe then breaks, and whoever waited on it goes on.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self.process = process
        self._until: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        with _lock:
            _waited_for.add(self)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Around everything that may block on the process."""
        self._until = time.monotonic() + self.seconds
        try:
            yield
        finally:
            self._until = None

    def end(self) -> None:
        """Nothing is waited for any more."""
        with _lock:
            _waited_for.discard(self)
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, self.seconds / 4)):
            until = self._until
            if until is not None and time.monotonic() > until:
                self.over = True
                self.process.kill()
                return
