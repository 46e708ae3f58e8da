"""The shipped campaign cut down: fewer languages, formats and platforms, so that a test builds in a second."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

SHIPPED = Path(__file__).parents[2]
"""The folder of the shipped campaign: the checkout itself."""


def copy_campaign(target: Path) -> Path:
    """The YAML files of the shipped campaign, alone: templates and fonts come from the package."""
    for name in ("campaign.yaml", "schedule.yaml"):
        shutil.copy(SHIPPED / name, target / name)
    shutil.copytree(SHIPPED / "languages", target / "languages")
    return target


def narrowed(
    folder: Path,
    *,
    languages: Sequence[str] = ("fr",),
    formats: Sequence[str] = ("square",),
    prints: Sequence[str] = (),
    directory_formats: Sequence[str] = (),
    directory_prints: Sequence[str] = (),
    clip_languages: Sequence[str] = (),
    platforms: Sequence[str] = ("x",),
) -> Path:
    """Write the shipped campaign into `folder`, with these lists in place of its own."""
    text = (SHIPPED / "campaign.yaml").read_text(encoding="utf-8")
    for way, names in (
        ("languages", languages),
        ("formats", formats),
        ("prints/formats", prints),
        ("directory/formats", directory_formats),
        ("directory/prints", directory_prints),
        ("clips/languages", clip_languages),
        ("posts/platforms", platforms),
    ):
        text = _with_list(text, way.split("/"), names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaign.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(SHIPPED / "languages", folder / "languages", dirs_exist_ok=True)
    return folder


def _with_list(text: str, way: list[str], names: Sequence[str]) -> str:
    """The text with the flow list at this way replaced; fails when campaign.yaml has none there."""
    key = rf"^{way[0]}:"
    if len(way) > 1:
        key += rf"[^\n]*\n(?:(?: [^\n]*)?\n)*?  {way[1]}:"
    changed, count = re.subn(
        rf"({key} )\[[^\]]*\]", rf"\g<1>[{', '.join(names)}]", text, count=1, flags=re.MULTILINE
    )
    assert count == 1, f"campaign.yaml has no list at {'.'.join(way)}: fix the test"
    return changed
