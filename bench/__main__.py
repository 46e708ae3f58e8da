"""`make bench`: what the design asks to be measured, on this machine, in one run."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench import queue as queue_bench
from kit.build import Request, build
from kit.load import load
from kit.plan import plan
from kit.render.clip import render_clip
from kit.render.clip.audio import soundtrack
from kit.render.clip.compose import Film
from kit.render.clip.encode import Picture, encoder
from kit.render.clip.layers import set_layers

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 11, 25)


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def visuals(scratch: Path) -> None:
    """All pieces in all screen formats of one language, PNG and JPEG, two workers."""
    loaded = load(ROOT)
    request = Request(out=scratch / "visuals", today=TODAY, only=("visual/fr/*",), workers=2)
    made: list[int] = []
    took = seconds(lambda: made.append(2 * len(build(loaded, request).made)))
    print(f"visuals: {made[0]} files in {took:.2f} s, {made[0] / took:.0f} files a second (reach: 40)")


def rebuilds(scratch: Path) -> None:
    """Nothing changed, then one fact's tool reworded: loading included."""
    folder = scratch / "campaign"
    folder.mkdir()
    for name in ("campaign.yaml", "schedule.yaml"):
        shutil.copy(ROOT / name, folder)
    request = Request(out=scratch / "rebuild", today=TODAY, workers=2)
    build(load(folder), request)
    nothing = seconds(lambda: build(load(folder), request))
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    (folder / "campaign.yaml").write_text(
        text.replace("headline: Police et", "headline: Police ou"), encoding="utf-8"
    )
    made: list[str] = []
    one = seconds(lambda: made.extend(build(load(folder), request).made))
    print(
        f"rebuild: nothing changed {nothing:.2f} s (reach: < 1); one headline {one:.2f} s, {len(made)} jobs drawn"
    )


def clip(scratch: Path) -> None:
    """Whole stage of the 25 s story clip over the mean of two bare encodes of the same frames."""
    loaded = load(ROOT)
    job = plan(loaded.campaign, loaded.theme, loaded.storyboards).clips[0]
    film = Film(job, set_layers(job, loaded.resources))
    picture = Picture(film.sheet.width, film.sheet.height, job.fps)
    frames = [bytes(film.frame(n / job.fps).data) for n in range(round(job.duration_s * job.fps))]
    sound = scratch / "sound.raw"
    sound.write_bytes(soundtrack(job.duration_s))

    def bare(preset: str) -> float:
        def encode() -> None:
            with encoder(scratch / "bare.mp4", picture, preset, sound) as running:
                for frame in frames:
                    running.write(frame)

        return seconds(encode)

    for preset in ("veryfast", "medium"):
        before = bare(preset)
        whole = seconds(lambda p=preset: render_clip(  # type: ignore[misc]
            job.model_copy(update={"preset": p}), loaded.resources, scratch / "clip", "bench"
        ))  # fmt: skip
        after = bare(preset)
        mean = (before + after) / 2
        print(
            f"clip {preset}: stage {whole:.2f} s, bare encode {before:.2f} and {after:.2f} s, ratio {whole / mean:.2f} (reach: 1.25)"
        )


def main() -> None:
    """Every figure, then the peak memory of this process."""
    queue_bench.main()
    with tempfile.TemporaryDirectory() as folder:
        for figure in (visuals, rebuilds):
            figure(Path(folder))
        print(
            f"memory of a build: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (reach: < 600)"
        )
        clip(Path(folder))


if __name__ == "__main__":
    main()
