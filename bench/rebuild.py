"""How long rebuilds take, and how much memory a build needs."""

from __future__ import annotations

import resource
import shutil
import tempfile
from datetime import date
from pathlib import Path

from bench.measure import ROOT, took
from kit.build import Request, build_loaded
from kit.load import load

TODAY = date(2026, 11, 25)


def rebuilds(scratch: Path) -> None:
    """Everything once, then nothing changed, then one headline reworded: loading included."""
    folder = scratch / "campaign"
    shutil.copytree(ROOT / "languages", folder / "languages")
    for name in ("campaign.yaml", "schedule.yaml"):
        shutil.copy(ROOT / name, folder)
    request = Request(out=scratch / "rebuild", today=TODAY, workers=2)
    first = took(lambda: build_loaded(load(folder), request)).wall_s
    nothing = took(lambda: build_loaded(load(folder), request)).wall_s
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    (folder / "campaign.yaml").write_text(
        text.replace("headline: Police et", "headline: Police ou"), encoding="utf-8"
    )
    made: list[str] = []
    one = took(lambda: made.extend(build_loaded(load(folder), request).made)).wall_s
    print(
        f"the whole shipped campaign {first:.0f} s; nothing changed {nothing:.2f} s (reach: < 1); "
        f"one headline {one:.2f} s, {len(made)} jobs drawn"
    )


def main() -> None:
    """Rebuilds, then the peak memory of this process."""
    with tempfile.TemporaryDirectory() as folder:
        rebuilds(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of a build: {peak:.0f} MB (reach: < 600 a worker, two workers)")


if __name__ == "__main__":
    main()
