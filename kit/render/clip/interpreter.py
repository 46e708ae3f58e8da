"""The sign language interpreter in a clip: frames of their film by number, cut to a circle or rectangle.

A film is decoded forwards only, but a clip's frame must be a pure function of its time. So asking for
an earlier frame starts the film again from its beginning: slow, but always the same frame.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray

from kit.media.ffmpeg import Undecodable, raw_frames
from kit.model.plan import ClipJob
from kit.render.clip.interpreter_video import (
    HOLD_S,
    Recording,
    command,
    fitted,
    footage_of,
    look_at,
    too_short,
    undecodable,
)
from kit.render.clip.layers import Box4, ClipLayout
from kit.resources import Resources

Plane = NDArray[np.uint8]
Shares = NDArray[np.uint16]


@contextlib.contextmanager
def signing(job: ClipJob, layout: ClipLayout, resources: Resources) -> Iterator[Interpreter | None]:
    """The signer of this clip, None where its layout keeps no place or the language has no film.

    Raises InputError for a film that cannot be used.
    """
    film = footage_of(resources, job.language) if layout.signer else None
    if film is None or layout.signer is None:
        yield None
        return
    recording = look_at(film, job.duration_s)
    with Interpreter(recording, layout.signer, layout.signer_round, job.fps, job.duration_s) as signer:
        yield signer


class Interpreter:
    """A film in its place. `at` is what it covers; only one frame is ever held.

    `shares` is how much of each pixel of luma and of chroma a round inset covers, 0 to 256; None
    for a rectangle. Close it, or leave it to `with`.
    """

    def __init__(self, recording: Recording, box: Box4, is_round: bool, fps: int, duration_s: float) -> None:
        fit = fitted(recording, box)
        self.at = fit.at
        self.shares = _round(*fit.at[2:]) if is_round else None
        self._recording = recording
        self._command = command(recording, fit, fps)
        self._fps = fps
        self._duration_s = duration_s
        self._stream: Generator[bytes, None, None] | None = None
        self._next = 0
        self._ended = False
        self._now: Plane | None = None

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the decoder, if one is running."""
        if self._stream is not None:
            self._stream.close()
        self._stream, self._now, self._next, self._ended = None, None, 0, False

    def frame(self, seconds: float) -> Plane:
        """The film's I420 planes at this time, read only; the very same array while it stands still.

        Behind the film's end its last frame stands. Raises InputError where it breaks off or ends
        more than HOLD_S too early, whatever its index says.
        """
        number = int((seconds + 1e-6) * self._fps)
        if number < self._next - 1:
            self.close()
        while self._next <= number and not self._ended:
            self._read()
        if self._now is None:
            raise too_short(self._recording, 0, self._duration_s)
        return self._now

    def _read(self) -> None:
        _, _, w, h = self.at
        if self._stream is None:
            self._stream = raw_frames(self._command, w * h * 3 // 2)
        try:
            data = next(self._stream, None)
        except Undecodable as error:
            raise undecodable(self._recording, self._next / self._fps, str(error)) from error
        if data is None:
            self._ended = True
            if self._next / self._fps < self._duration_s - HOLD_S:
                raise too_short(self._recording, self._next / self._fps, self._duration_s)
            return
        self._next += 1
        new = np.frombuffer(data, np.uint8).reshape(h * 3 // 2, w)
        if self._now is None or not np.array_equal(new, self._now):
            self._now = new


def _round(w: int, h: int) -> tuple[Shares, Shares]:
    """How much of each pixel a circle covers: its edge is one pixel wide."""
    down, across = (np.arange(side) + 0.5 - side / 2 for side in (h, w))
    away = np.hypot(down[:, None], across[None, :])
    cover = np.clip(min(w, h) / 2 + 0.5 - away, 0, 1) * 256
    coarse = cover.reshape(h // 2, 2, w // 2, 2).mean(axis=(1, 3))
    return np.round(cover).astype(np.uint16), np.round(coarse).astype(np.uint16)
