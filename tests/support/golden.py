"""The referee of golden pictures: decoded pixels, exact, in this order: file, mode, size, pixels.

Nothing is ever resized or converted to make it fit: a wrong size must fail, not pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

REPORT = Path("test-report")


@dataclass(frozen=True)
class Tolerance:
    """Largest channel difference, and the share of pixels that may differ at all."""

    channel: int = 0
    share: float = 0.0


class Different(AssertionError):
    """Two pictures are not the same, and why."""


def assert_same(actual: Path, expected: Path, tolerance: Tolerance = Tolerance()) -> None:
    """Raise Different, leaving expected, actual and difference in test-report, unless both are equal."""
    if not actual.is_file():
        raise Different(f"{actual.name}: no picture was made")
    if not expected.is_file():
        raise Different(f"{expected.name}: no golden; look at the picture, then run with --update-golden")
    with Image.open(actual) as a, Image.open(expected) as b:
        if a.mode != b.mode:
            raise Different(f"{expected.name}: mode {a.mode}, golden {b.mode}")
        if a.size != b.size:
            raise Different(f"{expected.name}: size {a.size}, golden {b.size}")
        difference = np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16))
        worst = int(difference.max())
        pixels = difference.reshape(difference.shape[0] * difference.shape[1], -1).max(axis=1)
        share = float((pixels > 0).mean())
        if worst <= tolerance.channel or share <= tolerance.share:
            return
        _leave_evidence(expected.stem, a, b)
    raise Different(
        f"{expected.name}: {share:.4%} of pixels differ, by up to {worst}; see {REPORT / expected.stem}"
    )


def _leave_evidence(name: str, actual: Image.Image, expected: Image.Image) -> None:
    folder = REPORT / name
    folder.mkdir(parents=True, exist_ok=True)
    actual.save(folder / "actual.png")
    expected.save(folder / "expected.png")
    ImageChops.difference(actual.convert("RGB"), expected.convert("RGB")).save(folder / "diff.png")
