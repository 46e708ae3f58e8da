"""A child process that gets nowhere is ended: nobody should wait for it for ever.

Why a thread: a blocked read or write on a pipe has no time limit of its own on every system.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator


class Patience:
    """Kills `process` when one step with it takes longer than `seconds`.

    Only time inside `step` counts, so our own slowness is never held against the process. `over`
    says that it happened; the pipe then breaks, and whoever waited on it goes on.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self._process = process
        self._until: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

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
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, self.seconds / 4)):
            until = self._until
            if until is not None and time.monotonic() > until:
                self.over = True
                self._process.kill()
                return
