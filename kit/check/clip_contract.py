"""What a clip of each kind is, by row, and how its checks say what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kit.model.artifact import Artifact
from kit.tables.clips import CLIPS, SIGNAGE_MAX_BYTES
from kit.tables.formats import CLIP_MAX_BYTES

CLIP_SIZES = {row.id: (row.width_px, row.height_px) for row in CLIPS.values()}


@dataclass(frozen=True)
class ClipRow:
    """What a clip of one kind is: frames at a rate, and whether it has sound."""

    frames: int
    fps: int
    audio: Literal["wanted", "refused", "either"]
    max_bytes: int = CLIP_MAX_BYTES

    @property
    def duration_s(self) -> float:
        """What the frames add up to."""
        return self.frames / self.fps


_MAIN = ClipRow(750, 30, "wanted")
_SILENT = ClipRow(750, 30, "refused")
_SIGNAGE = ClipRow(625, 25, "refused", SIGNAGE_MAX_BYTES)
_LOOP = ClipRow(180, 30, "either")


def spec_of(artifact: Artifact) -> ClipRow:
    """The row of an artifact, by its id: `clip/fr/story/main.silent` is main, role silent.

    A loop is of its kind, or of a loop's name: its captions and transcript are of other kinds.
    """
    name, _, role = artifact.id.rsplit("/", 1)[-1].partition(".")
    if artifact.kind == "loop" or name == "loop" or name.startswith("loop-"):
        return _LOOP
    if name == "signage" or (artifact.format or "").startswith("signage"):
        return _SIGNAGE
    return _SILENT if role == "silent" else _MAIN
