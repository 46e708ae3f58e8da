"""What each clip of a campaign must be, by its storyboard and the row of its format.

The manifest is not asked: it was written from the file, so a clip that lost a second would agree with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kit.model.campaign import Campaign
from kit.model.ids import ArtifactId
from kit.model.storyboard import Storyboard
from kit.tables.clips import CLIPS, ClipFormat
from kit.tables.kit_files import Role

ClipSpecs = Mapping[tuple[str, str], "ClipSpec"]
"""By the format and the name of the clip: `("story", "main")`, `("square", "loop-3919")`."""


@dataclass(frozen=True)
class ClipSpec:
    """Frames and rate as the storyboard has them; `row` is the format's. A loop may have sound."""

    frames: int
    fps: int
    sound: Literal["wanted", "refused", "either"]
    row: ClipFormat

    @property
    def duration_s(self) -> float:
        """What the frames add up to."""
        return self.frames / self.fps


def clip_specs(campaign: Campaign, storyboards: Mapping[str, Storyboard]) -> ClipSpecs:
    """Every clip that these storyboards make, in all of their formats, `--extras` included."""
    tools = [tool.id for tool in campaign.tools]
    return {
        (format_id, clip): _spec(board, cut.fps, CLIPS[format_id])
        for name, board in storyboards.items()
        for cut in board.cuts
        for format_id in cut.shapes
        for clip in board.clip_names(name, tools)
    }


def spec_for(artifact_id: str, specs: ClipSpecs) -> ClipSpec | None:
    """The spec of a clip or of a file beside it (`clip/fr/story/main.vtt`); None where no storyboard has it."""
    try:
        identity = ArtifactId.parse(artifact_id)
    except ValueError:
        return None
    spec = specs.get((identity.format, identity.piece)) if identity.family == "clip" else None
    return replace(spec, sound="refused") if spec and identity.role is Role.SILENT else spec


def _spec(board: Storyboard, fps: int, row: ClipFormat) -> ClipSpec:
    frames = round(board.duration_s * fps)
    if board.kind == "loop":
        return ClipSpec(frames, fps, "either", row)
    return ClipSpec(frames, fps, "wanted" if row.sound else "refused", row)
