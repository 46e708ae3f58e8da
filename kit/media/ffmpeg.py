"""The packaged ffmpeg as a decoder: sound as samples, pictures as small RGB frames.

Only the format that is asked for is opened and only local files: a playlist under a false name
could otherwise make ffmpeg fetch other files or addresses.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kit.errors import WorkError
from kit.media.process import Watchdog, spawn

RATE = 48_000
"""Hz of every sound that is decoded: BS.1770 gives its filter for this rate."""
Demuxer = Literal["wav", "mp4"]

FRAME_TIMEOUT_S = 60.0
"""Longest wait for one frame; a frame takes milliseconds."""
_LONGEST_RUN_S = 300


class Undecodable(ValueError):
    """ffmpeg could not read the file; the message is its own last words."""


def ffmpeg_path() -> str:
    """The packaged ffmpeg. WorkError when there is none."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise WorkError(
            "ffmpeg was not found: clips can be neither made nor checked",
            "install imageio-ffmpeg again, or name a binary in IMAGEIO_FFMPEG_EXE",
        ) from error


def decoded_sound(path: Path, demuxer: Demuxer, longest_s: float) -> NDArray[np.float32]:
    """The first sound track as (samples, 2) at 48 kHz, at most `longest_s` seconds of it.

    Any rate and any number of channels comes in; mono stands on both sides. Raises Undecodable
    for a file without sound or with broken sound (`-xerror`: half a recording is no recording).
    """
    run = _run(
        [*opening(path, demuxer), "-map", "0:a:0", "-t", f"{longest_s:.3f}", "-vn", "-ac", "2",
         "-ar", str(RATE), "-f", "f32le", "pipe:1"],
    )  # fmt: skip
    return np.frombuffer(run, "<f4").reshape(-1, 2)


def decoded_frames(path: Path, width: int, height: int) -> Iterator[NDArray[np.uint8]]:
    """Every frame of an MP4 as (height, width, 3) RGB, each pixel the mean of what it covers.

    Raises Undecodable when the file breaks off; no process outlives the iterator.
    """
    scale = f"scale={width}:{height}:flags=area"
    command = [
        *opening(path, "mp4"), "-map", "0:v:0", "-an", "-vf", scale, "-fps_mode", "passthrough",
        "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
    ]  # fmt: skip
    for data in raw_frames(command, width * height * 3):
        yield np.frombuffer(data, np.uint8).reshape(height, width, 3)


def raw_frames(command: list[str], size: int) -> Generator[bytes, None, None]:
    """What a command writes to its output, in blocks of `size` bytes, one at a time.

    Raises Undecodable when it fails, ends inside a block, or gives nothing for a minute; no
    process outlives the iterator.
    """
    with tempfile.TemporaryFile() as stderr:  # a file, since a full pipe would stop ffmpeg and us with it
        process = _started(command, stderr.fileno())
        assert process.stdout is not None
        watchdog = Watchdog(process, FRAME_TIMEOUT_S)
        try:
            while True:
                with watchdog.step():
                    data = process.stdout.read(size)
                if len(data) < size:
                    break
                yield data
            with watchdog.step():
                status = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
            process.stdout.close()
            process.wait()
            watchdog.end()
        if watchdog.expired:
            raise Undecodable(f"nothing came out of it for {watchdog.seconds:g} s")
        stderr.seek(0)
        if status != 0 or data:
            raise Undecodable(_last_message(stderr.read()))


def opening(path: Path, demuxer: Demuxer, level: str = "error", *more: str) -> list[str]:
    """How a command line begins that reads this file and nothing else; `more` are input options."""
    return [
        ffmpeg_path(), "-hide_banner", "-nostats", "-nostdin", "-loglevel", level, "-xerror",
        "-protocol_whitelist", "file", *more, "-f", demuxer, "-i", f"file:{path}",
    ]  # fmt: skip


def _started(command: list[str], stderr: int) -> subprocess.Popen[bytes]:
    try:
        return spawn(command, subprocess.DEVNULL, subprocess.PIPE, stderr, bufsize=1 << 20)
    except OSError as error:
        raise WorkError(f"ffmpeg cannot be started: {error}", "install imageio-ffmpeg again") from error


def _run(command: list[str]) -> bytes:
    with tempfile.TemporaryFile() as stderr:
        process = _started(command, stderr.fileno())
        try:
            output, _ = process.communicate(timeout=_LONGEST_RUN_S)
        except subprocess.TimeoutExpired as error:
            raise WorkError("ffmpeg does not finish", "run the same command again") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                if process.poll() is None:
                    process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        stderr.seek(0)
        message = stderr.read()
    if process.returncode != 0:
        raise Undecodable(_last_message(message))
    return output


def _last_message(stderr: bytes) -> str:
    """The last line, without the pointers and paths that ffmpeg puts in front."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].rsplit("] ", 1)[-1].rsplit(": ", 1)[-1] if lines else "it breaks off"
