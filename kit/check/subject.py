"""What every check of an artifact is given: the file as it lies on disk, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kit.check.clip_contract import ClipSpec
from kit.model.artifact import Artifact
from kit.model.campaign import Campaign


@dataclass(frozen=True)
class Subject:
    """One artifact to be checked.

    `texts` are its text blocks in reading order; for a text file, its paragraphs. `today` comes
    from `--today`, never from the clock, so that a run can be repeated. `clip` is what the clip must
    be that the file is or belongs to; None for other files, and for a clip that no storyboard has.
    """

    artifact: Artifact
    path: Path
    campaign: Campaign
    today: date
    texts: tuple[str, ...]
    clip: ClipSpec | None = None

    @property
    def artifact_id(self) -> str:
        """What a finding about it names."""
        return self.artifact.id
