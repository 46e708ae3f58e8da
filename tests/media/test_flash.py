"""The flash rule on frames made for it: what must be refused, and what is calm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from kit.media.flash import Flashing, flashing, judged_size

FPS = 30
WIDE, HIGH = 96, 54
BLACK, WHITE, RED, GREY = (0, 0, 0), (255, 255, 255), (255, 0, 0), (128, 128, 128)
Colour = tuple[int, int, int]
Frames = list[NDArray[np.uint8]]


def still(colour: Colour, seconds: float = 1.0) -> Frames:
    """Frames of one colour."""
    return [np.full((HIGH, WIDE, 3), colour, np.uint8)] * round(seconds * FPS)


def flashes(
    count: int, dark: Colour = BLACK, bright: Colour = WHITE, width: int = WIDE, height: int = HIGH
) -> Frames:
    """`count` flashes within one second on a patch of that size, a dark second before and behind."""
    frames = still(dark)
    for number in range(FPS):
        frame = np.full((HIGH, WIDE, 3), dark, np.uint8)
        if number * count * 2 // FPS % 2 == 0:
            frame[:height, :width] = bright
        frames.append(frame)
    return frames + still(dark)


def kinds(frames: Frames, fps: float = FPS) -> set[str]:
    """What is refused."""
    return {found.kind for found in flashing(frames, fps)}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_three_flashes_in_a_second_are_allowed(count: int) -> None:
    assert kinds(flashes(count)) == set()


@pytest.mark.parametrize("count", [4, 5, 7, 15])
def test_four_or_more_are_refused(count: int) -> None:
    assert kinds(flashes(count)) == {"general"}


def test_three_a_second_without_end_are_allowed_and_four_are_not() -> None:
    """Any one second, wherever it begins."""
    for a_second, refused in ((3, False), (4, True)):
        frames = [
            f for n in range(5 * FPS) for f in still((BLACK, WHITE)[n * a_second * 2 // FPS % 2], 1 / FPS)
        ]
        assert bool(kinds(frames)) is refused


def test_the_finding_says_when_how_often_and_where() -> None:
    (found,) = flashing(flashes(5), FPS)
    assert isinstance(found, Flashing)
    assert 1 < found.at_s < 2
    assert found.changes == 7
    assert found.share == 1


def test_a_small_area_is_allowed_and_a_quarter_of_the_field_is_not() -> None:
    """The field is 32 × 18 cells here: 144 of them are a quarter."""
    assert kinds(flashes(6, width=13, height=11)) == set()
    assert kinds(flashes(6, width=16, height=9)) == {"general"}


def test_small_patches_far_apart_are_not_added_up() -> None:
    """Only what lies in one field of ten degrees counts."""
    frames = flashes(6, width=12, height=10)
    for frame in frames:
        frame.flags.writeable = True
        frame[-10:, -12:] = frame[:10, :12]
    assert kinds(frames) == set()


@pytest.mark.parametrize(("dark", "bright", "refused"), [
    ((100, 100, 100), (112, 112, 112), False),  # 0.13 and 0.16: less than a tenth
    ((100, 100, 100), (140, 140, 140), True),  # 0.13 and 0.26
    ((232, 232, 232), (255, 255, 255), False),  # the darker at 0.81
    ((225, 225, 225), (255, 255, 255), True),  # the darker at 0.75
])  # fmt: skip
def test_a_flash_is_a_tenth_of_luminance_below_four_fifths(
    dark: Colour, bright: Colour, refused: bool
) -> None:
    assert bool(kinds(flashes(6, dark, bright))) is refused


def test_red_flashes_are_refused_where_luminance_hardly_changes() -> None:
    """Red and a grey of its own luminance: only the colour changes."""
    assert kinds(flashes(4, (127, 127, 127), RED)) == {"red"}
    assert kinds(flashes(3, (127, 127, 127), RED)) == set()
    assert kinds(flashes(4, (127, 127, 127), (90, 90, 255))) == set()


def test_red_and_black_break_both_rules() -> None:
    assert kinds(flashes(4, BLACK, RED)) == {"general", "red"}


def test_the_campaign_s_own_colours_are_no_saturated_red() -> None:
    """Orange on ink four times a second is a general flash, and not a red one."""
    assert kinds(flashes(4, (0x16, 0x0A, 0x26), (0xF5, 0x82, 0x20))) == {"general"}


def test_a_flash_that_fades_in_and_out_counts_as_well() -> None:
    """Five ramps a second, no step of which is a tenth by itself."""
    level = 0.5 - 0.5 * np.cos(2 * np.pi * 5 * np.arange(3 * 60) / 60)
    frames = [np.full((HIGH, WIDE, 3), round(255 * v**0.45), np.uint8) for v in level]
    assert kinds(frames, fps=60) == {"general"}


def test_flashes_out_of_step_and_flashes_that_wander_are_found() -> None:
    """Two halves in opposite phase; then a patch that flashes at another place each time."""
    halves = flashes(5)
    for frame in halves[FPS : 2 * FPS]:
        frame[:, WIDE // 2 :] = 255 - frame[:, WIDE // 2 :]
    assert kinds(halves) == {"general"}
    wandering = still(BLACK)
    for number in range(FPS):
        frame = np.zeros((HIGH, WIDE, 3), np.uint8)
        if number % 6 < 3:
            left = number // 6 % 2 * 16
            frame[:18, left : left + 16] = 255
        wandering.append(frame)
    assert kinds(wandering) == {"general"}


_CALM: dict[str, Callable[[], Frames]] = {
    "still": lambda: still(GREY, 3),
    "cut": lambda: still(BLACK, 1) + still(WHITE, 1) + still(BLACK, 1),
    "slow fade": lambda: [np.full((HIGH, WIDE, 3), n * 2, np.uint8) for n in range(120)],
    "wipe": lambda: [_wiped(n * WIDE // 30) for n in range(31)] + [_wiped(WIDE)] * 30,
    "ticks": lambda: [_ticks(n // FPS) for n in range(25 * FPS)],
    "noise": lambda: _noise(90),
    "nothing": list,
}


def _wiped(edge: int) -> NDArray[np.uint8]:
    frame = np.zeros((HIGH, WIDE, 3), np.uint8)
    frame[:, :edge] = (0xF5, 0x82, 0x20)
    return frame


def _ticks(lit: int) -> NDArray[np.uint8]:
    frame = np.zeros((HIGH, WIDE, 3), np.uint8)
    frame[-8:, : (lit + 1) * 3] = (0xF5, 0x82, 0x20)
    return frame


def _noise(count: int) -> Frames:
    chance = np.random.default_rng(3)
    return [chance.integers(100, 112, (HIGH, WIDE, 3), np.uint8) for _ in range(count)]


@pytest.mark.parametrize("name", _CALM)
def test_calm_motion_passes(name: str) -> None:
    assert kinds(_CALM[name]()) == set()


def test_frames_are_judged_small_and_never_enlarged() -> None:
    assert judged_size(1080, 1920) == (54, 96)
    assert judged_size(1920, 1080) == (96, 54)
    assert judged_size(64, 48) == (64, 48)
    assert judged_size(10_000, 2) == (96, 3)
