"""The encoder: frames go to x264 over a pipe, as the planes it works on.

The file is the common denominator of all platforms: H.264 High, closed groups of two seconds,
index first, no edit list (Instagram refuses one; without `negative_cts_offsets` the file would
last 25.067 s). Bytes depend on x264's thread count, so that is one constant.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kit.errors import WorkError
from kit.media.ffmpeg import ffmpeg_path
from kit.media.process import Watchdog, spawn
from kit.render.clip.audio import RATE

THREADS = 4
"""x264's threads: measured on 2 cores, 4 is faster than 2 and no slower than 8."""
GROUP_S = 2
QUALITY = 18
"""Constant quality and no rate limit. A limit (`-maxrate`) makes x264's bytes depend on how its
threads happen to be scheduled: measured, two runs under load differed."""
LOOKAHEAD = 10
"""Frames that x264 sees ahead: the default of veryfast, and enough for type that mostly stands. medium's
own 40 make the encoder 540 MB instead of 310 at 1080×1920 (measured, 2026-11-25). They are looked at
without a thread of their own: the same bytes in the same time on two cores, and 27 MB less."""
_STDERR_LINES = 8
_LINE_BYTES = 4096
STEP_TIMEOUT_S = 120.0
"""Longest wait for one frame to be taken, and for the file to be closed; on a loaded machine a frame
takes a tenth of a second."""
_PIPE_BYTES = 1 << 20


@dataclass(frozen=True)
class FrameFormat:
    """Size and rate of the frames that will come."""

    width: int
    height: int
    fps: int


def command(
    target: Path, frames: FrameFormat, preset: str, sound: Path | None, quality: int = QUALITY
) -> list[str]:
    """The whole command line; bare encodes in benchmarks use it too."""
    group = GROUP_S * frames.fps
    audio_in = ["-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", str(sound)] if sound else []
    audio_out = ["-map", "1:a", "-c:a", "aac", "-profile:a", "aac_low", "-b:a", "128k"] if sound else ["-an"]
    return [
        ffmpeg_path(), "-hide_banner", "-nostats", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{frames.width}x{frames.height}",
        "-r", str(frames.fps), "-i", "pipe:0", *audio_in,
        "-map", "0:v",
        # raw frames carry no colour description: without this the file would say "unknown"
        "-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1",
        "-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", preset,
        "-crf", str(quality),
        "-threads", str(THREADS), "-fps_mode", "cfr", "-r", str(frames.fps),
        "-g", str(group), "-keyint_min", str(group), "-sc_threshold", "0",
        "-x264-params", f"open-gop=0:rc-lookahead={LOOKAHEAD}:sync-lookahead=0",
        "-color_range", "tv", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
        *audio_out,
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", "-f", "mp4", str(target),
    ]  # fmt: skip


class Encoder:
    """A running ffmpeg that takes frames."""

    def __init__(self, process: subprocess.Popen[bytes], target: Path) -> None:
        assert process.stdin is not None and process.stderr is not None
        self._process = process
        self._target = target
        self._watchdog = Watchdog(process, STEP_TIMEOUT_S)
        self._said: deque[str] = deque(maxlen=_STDERR_LINES)
        self._listener = threading.Thread(target=_listen, args=(process.stderr, self._said), daemon=True)
        self._listener.start()
        _widen(process.stdin)

    def write(self, frame: memoryview) -> None:
        """Hand over one frame; waits while the encoder is busy. WorkError if it has died or hangs."""
        assert self._process.stdin is not None
        try:
            with self._watchdog.step():
                self._process.stdin.write(frame)
        except (BrokenPipeError, ValueError) as error:
            raise self.failure() from error

    def finish(self) -> None:
        """No more frames: wait for the file. WorkError if the encoder failed."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with self._watchdog.step():
            status = self._process.wait()
        if status != 0 or not self._target.stat().st_size:
            raise self.failure()

    def failure(self) -> WorkError:
        """What went wrong, by the encoder's last message."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._listener.join(5)
        words = "\n".join(self._said)
        if self._watchdog.expired:
            words = f"it did nothing for {self._watchdog.seconds:g} s and was ended"
        elif "No space left on device" in words:
            return WorkError(
                "the disk is full: the encoder could not write",
                "files already finished are safe; free some space and run the same command again",
            )
        return WorkError(
            f"the encoder stopped: {words or self._silently()}",
            "files already finished are safe; check the disk and run the same command again",
        )

    def _silently(self) -> str:
        status = self._process.returncode
        if status is not None and status < 0:
            killed = signal.Signals(-status).name
            return (
                f"the system ended it ({killed}): often there was too little memory, or a limit on file sizes"
            )
        return f"it ended with status {status}, wrote nothing and said nothing"

    def end(self) -> None:
        """Whatever happened: no process, no thread, no open pipe is left."""
        if self._process.poll() is None:
            self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()
        self._watchdog.end()
        self._listener.join(5)
        if self._process.stderr is not None:
            self._process.stderr.close()


@contextlib.contextmanager
def encoder(
    target: Path, frames: FrameFormat, preset: str, sound: Path | None, quality: int = QUALITY
) -> Iterator[Encoder]:
    """Start ffmpeg, take frames, finish. Whatever is raised inside, no process is left behind.

    stderr is drained by a thread: a full stderr pipe would stop ffmpeg, and us with it. Ctrl-C does
    not reach ffmpeg, which would close a half file as if it were whole. Should we be killed
    outright, its input ends and so does it.
    """
    try:
        process = spawn(
            command(target, frames, preset, sound, quality),
            subprocess.PIPE, subprocess.DEVNULL, subprocess.PIPE, bufsize=0,
        )  # fmt: skip
    except OSError as error:
        raise WorkError(f"ffmpeg cannot be started: {error}", "install imageio-ffmpeg again") from error
    running = Encoder(process, target)
    try:
        yield running
        running.finish()
    finally:
        running.end()


def _listen(stream: IO[bytes], said: deque[str]) -> None:
    while line := stream.readline(_LINE_BYTES):
        if text := line.decode(errors="replace").strip("\0 \r\n"):
            said.append(text)


def _widen(pipe: IO[bytes]) -> None:
    """A pipe of 1 MB instead of 64 kB, where the system offers it: fewer switches a frame."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
