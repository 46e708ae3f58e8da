"""What every check of an artifact is given: the file as it lies on disk, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kit.model.artifact import Artifact
from kit.model.campaign import Campaign


@dataclass(frozen=True)
class Subject:
    """One artifact to be checked.

    `texts` are its text blocks in reading order; for a text file, its paragraphs. `today` comes
    from `--today`, never from the clock, so that a run can be repeated.
    """

    artifact: Artifact
    path: Path
    campaign: Campaign
    today: date
    texts: tuple[str, ...]

    @property
    def artifact_id(self) -> str:
        """What a finding about it names."""
        return self.artifact.id
