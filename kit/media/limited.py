"""Work for somebody else's template, in a process of its own: so much time, so much memory, then it is ended.

Why a process: a loop without end, `'a' * 10**10` and a page of 100,000 pt stop or abort whatever runs them. It stays
alive between questions, since to start one takes longer than most answers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import IO

from kit.media.process import Watchdog, spawn

_LENGTH = 8
"""Bytes of the length before each question and answer."""
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main()"


class Exhausted(Exception):
    """The process took more time or memory than it had. Its words end a sentence: "takes over 20 s"."""


class LimitedProcess:
    """A process that answers one question after another with `main` of a module, which calls `serve`.

    One question at a time: others wait. It is started by the first one, and again after it was ended.
    """

    def __init__(self, module: str, seconds: float, megabytes: int) -> None:
        self._command = [sys.executable, "-c", _START.format(module=module), json.dumps(sys.path)]
        self._limits = [str(seconds), str(megabytes)]
        self.seconds, self.megabytes = seconds, megabytes
        self._lock = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], Watchdog] | None = None
        self._end: Callable[[], object] = lambda: None

    def ask(self, question: bytes) -> bytes:
        """The answer. Raises Exhausted; the process is then gone."""
        with self._lock:
            process, watchdog = self._running or self._started()
            assert process.stdin and process.stdout
            try:
                with watchdog.step():
                    _put(process.stdin, question)
                    return _get(process.stdout)
            except (OSError, EOFError) as error:
                late = watchdog.expired
                self._forget()
                raise Exhausted(
                    f"takes over {self.seconds:g} s" if late else f"needs over {self.megabytes} MB of memory"
                ) from error
            except BaseException:  # an interrupt: half an answer may lie in the pipe
                self._forget()
                raise

    def close(self) -> None:
        """End the process, if one was started."""
        with self._lock:
            self._forget()

    def _started(self) -> tuple[subprocess.Popen[bytes], Watchdog]:
        process = spawn(
            [*self._command, *self._limits], subprocess.PIPE, subprocess.PIPE, subprocess.DEVNULL, -1
        )
        self._running = process, Watchdog(process, self.seconds)
        self._end = weakref.finalize(self, _stop, *self._running)
        return self._running

    def _forget(self) -> None:
        self._running = None
        self._end()


def _stop(process: subprocess.Popen[bytes], watchdog: Watchdog) -> None:
    watchdog.end()
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe:
                pipe.close()
        except OSError:  # what was still to be sent
            pass


def serve(answer: Callable[[bytes], bytes]) -> None:
    """In the process: answer until whoever asks is gone, in the limits that were given to it.

    The alarm is a second net: it also ends us where the one who asks was killed. Windows has neither limit.
    """
    seconds, megabytes = float(sys.argv[2]), int(sys.argv[3])
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass
    while True:
        try:
            question = _get(questions)
        except EOFError:
            return
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
        _put(answers, answer(question))
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)


def _put(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(_LENGTH) + data)
    pipe.flush()


def _get(pipe: IO[bytes]) -> bytes:
    length = int.from_bytes(_exactly(pipe, _LENGTH))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data
