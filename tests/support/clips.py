"""What the clips of the shipped campaign must be, for tests that look at a file without building one."""

from __future__ import annotations

from functools import cache

from kit.check.clip_contract import ClipSpec, ClipSpecs, clip_specs, spec_for
from kit.load import load
from tests.support.campaign import SHIPPED


@cache
def _shipped_specs() -> ClipSpecs:
    loaded = load(SHIPPED)
    return clip_specs(loaded.campaign, loaded.storyboards)


def shipped_spec(artifact_id: str) -> ClipSpec | None:
    """The spec of a clip of the shipped storyboards, None where they have no such clip."""
    return spec_for(artifact_id, _shipped_specs())
