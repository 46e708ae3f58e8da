"""The flash check on encoded files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kit.check.flash import FLASH_CHECKS
from kit.check.runner import run_checks
from kit.media.ffmpeg import Undecodable, decoded_frames, ffmpeg_path
from kit.model.artifact import Report
from tests.check.test_loudness import codes, subject

WIDTH, HEIGHT, FPS = 360, 640, 30
_ORANGE, _INK, _PAPER = (0xF5, 0x82, 0x20), (0x16, 0x0A, 0x26), (0xFF, 0xF4, 0xEA)


def blinking(
    a_second: int, colour: tuple[int, int, int], high: int, wide: int = WIDTH
) -> list[NDArray[np.uint8]]:
    """Two seconds of a patch that goes on and off that often."""
    frames = []
    for number in range(2 * FPS):
        frame = np.full((HEIGHT, WIDTH, 3), _INK, np.uint8)
        if number * a_second * 2 // FPS % 2:
            frame[:high, :wide] = colour
        frames.append(frame)
    return frames


def encoded(path: Path, frames: list[NDArray[np.uint8]]) -> Path:
    """As the kit encodes: x264, 4:2:0, BT.709."""
    command = [
        ffmpeg_path(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
        "-r", str(FPS), "-i", "pipe:0", "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264",
        "-preset", "veryfast", "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv", str(path),
    ]  # fmt: skip
    subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), check=True)
    return path


def check(path: Path) -> Report:
    return run_checks([subject(path)], FLASH_CHECKS)


@pytest.mark.parametrize(("a_second", "high", "found"), [
    (3, HEIGHT, []), (4, HEIGHT, ["flash-general"]), (10, HEIGHT, ["flash-general"]), (10, 40, []),
])  # fmt: skip
def test_four_flashes_of_a_large_area_fail_in_the_finished_file(
    tmp_path: Path, a_second: int, high: int, found: list[str]
) -> None:
    report = check(encoded(tmp_path / "main.mp4", blinking(a_second, _PAPER, high)))
    assert [code for _, code in codes(report)] == found
    assert report.passed == (not found)
    for finding in report.findings:
        assert (
            all((finding.measured, finding.limit, finding.fix)) and "second that ends at" in finding.message
        )


def test_red_flashes_fail_under_their_own_code(tmp_path: Path) -> None:
    report = check(encoded(tmp_path / "main.mp4", blinking(5, (255, 0, 0), HEIGHT)))
    assert [code for _, code in codes(report)] == ["flash-general", "flash-red"]


def test_every_frame_is_decoded_once_and_in_its_colours(tmp_path: Path) -> None:
    frames = list(decoded_frames(encoded(tmp_path / "main.mp4", blinking(1, _ORANGE, HEIGHT)), 54, 96))
    assert len(frames) == 60
    assert np.abs(frames[0].astype(int) - _INK).max() <= 6
    assert np.abs(frames[20].astype(int) - _ORANGE).max() <= 6


def test_a_file_that_breaks_off_is_not_a_calm_one(tmp_path: Path) -> None:
    """Not a single frame may be judged as if it were all."""
    chance = np.random.default_rng(1)
    path = encoded(
        tmp_path / "main.mp4", [chance.integers(90, 120, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(30)]
    )
    data = bytearray(path.read_bytes())
    start, end = data.index(b"mdat"), data.index(b"moov")
    middle, length = (start + end) // 2, (end - start) // 4
    data[middle : middle + length] = bytes(length)
    path.write_bytes(data)
    with pytest.raises(Undecodable):
        list(decoded_frames(path, 54, 96))
    assert codes(check(path)) == [("FAIL", "flash-general")]


def test_what_is_no_clip_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "main.mp4"
    path.write_bytes(b"no clip")
    assert codes(check(path)) == [("SKIP", "flash-general")]
