"""Stills: files a second, rebuilds, and the memory of a build (design §7)."""

from __future__ import annotations

import resource
import shutil
import tempfile
from datetime import date
from pathlib import Path

from bench.measure import ROOT, took
from kit.build import Request, build
from kit.load import load

TODAY = date(2026, 11, 25)


def visuals(scratch: Path) -> None:
    """All pieces in all screen formats of one language, PNG and JPEG, two workers."""
    loaded = load(ROOT)
    request = Request(out=scratch / "visuals", today=TODAY, only=("visual/fr/*",), workers=2)
    made: list[int] = []
    seconds = took(lambda: made.append(2 * len(build(loaded, request).made))).wall_s
    print(f"visuals: {made[0]} files in {seconds:.2f} s, {made[0] / seconds:.0f} files a second (reach: 40)")


def rebuilds(scratch: Path) -> None:
    """Nothing changed, then one fact's tool reworded: loading included."""
    folder = scratch / "campaign"
    folder.mkdir()
    for name in ("campaign.yaml", "schedule.yaml"):
        shutil.copy(ROOT / name, folder)
    request = Request(out=scratch / "rebuild", today=TODAY, workers=2)
    build(load(folder), request)
    nothing = took(lambda: build(load(folder), request)).wall_s
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    (folder / "campaign.yaml").write_text(
        text.replace("headline: Police et", "headline: Police ou"), encoding="utf-8"
    )
    made: list[str] = []
    one = took(lambda: made.extend(build(load(folder), request).made)).wall_s
    print(
        f"rebuild: nothing changed {nothing:.2f} s (reach: < 1); one headline {one:.2f} s, {len(made)} jobs drawn"
    )


def main() -> None:
    """Stills, rebuilds, then the peak memory of this process."""
    with tempfile.TemporaryDirectory() as folder:
        visuals(Path(folder))
        rebuilds(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of a build: {peak:.0f} MB (reach: < 600)")
