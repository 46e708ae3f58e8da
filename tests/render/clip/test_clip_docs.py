"""docs/clips.md says what the code does: shapes, platforms, limits, presets."""

from __future__ import annotations

import re

import pytest

from kit.render.clip import encode
from kit.render.clip import interpreter_video as footage
from kit.resources import MAX_FILM_BYTES
from kit.tables.clips import CLIPS
from kit.tables.platforms import PLATFORMS
from tests.support.campaign import SHIPPED

TEXT = (SHIPPED / "docs" / "clips.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", CLIPS.values(), ids=list(CLIPS))
def test_every_shape_is_there_with_its_size_and_rate(row) -> None:  # type: ignore[no-untyped-def]
    assert f"| `{row.id}` | {row.width_px}×{row.height_px} | {row.fps} |" in TEXT


@pytest.mark.parametrize("platform", [row.id for row in PLATFORMS.values() if row.clips])
def test_every_platform_is_there_with_its_shapes_in_order(platform: str) -> None:
    assert f"| `{platform}` | {', '.join(f'`{shape}`' for shape in PLATFORMS[platform].clips)} |" in TEXT


def test_limits_of_a_film_are_those_of_the_code() -> None:
    """For the clip of 25 s that the page speaks of."""
    assert f"From {25 - footage.HOLD_S:.1f} to {25 + footage.SPARE_S:.1f} seconds" in TEXT
    assert f"up to {MAX_FILM_BYTES // 10**9} GB and {footage.MAX_SIDE_PX} px a side" in re.sub(
        r"\s+", " ", TEXT
    )
    assert f"({640 // footage.MOST_ENLARGED:.0f} for a third of `wide`)" in TEXT


def test_the_encoder_is_described_as_it_runs() -> None:
    said = re.sub(r"\s+", " ", TEXT)
    assert (
        f"constant quality {encode.QUALITY}, with {encode.THREADS} threads and {encode.LOOKAHEAD} frames of lookahead"
        in said
    )
    assert f"closed groups of {encode.GROUP_S} s" in said
