"""The 25 s story clip: against bare encodes, against moviepy's own compositor, presets, memory.

A bare encode takes the same frames from memory through the same pipe, with the same options,
threads and sound: what is left is what setting, composing and checking cost.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import ROOT, Took, took
from bench.naive import naive
from kit.load import load
from kit.media.ffmpeg import ffmpeg_path
from kit.model.plan import ClipJob
from kit.plan import plan
from kit.render.clip import render_clip
from kit.render.clip.audio import soundtrack
from kit.render.clip.compose import ClipFilm
from kit.render.clip.encode import FrameFormat, encoder
from kit.render.clip.layers import set_layers
from kit.resources import Resources

CLIP = "clip/fr/story/main"
DEFAULT = "veryfast"
FINAL = "medium"


def story() -> tuple[ClipJob, Resources]:
    """The job of the clip that is measured."""
    loaded = load(ROOT)
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards).clips
    return next(job for job in jobs if job.id == CLIP), loaded.resources


class Frames:
    """All frames of a clip in memory; those that are equal are one. `sound` is beside them."""

    def __init__(self, job: ClipJob, resources: Resources, scratch: Path) -> None:
        film = ClipFilm(job, set_layers(job, resources))
        self.picture = FrameFormat(film.layout.width, film.layout.height, job.fps)
        self.all = [film.frame(number / job.fps).data for number in range(round(job.duration_s * job.fps))]
        self.sound = scratch / "sound.raw"
        self.sound.write_bytes(soundtrack(job.duration_s))

    def encode(self, target: Path, preset: str) -> None:
        """A bare encode."""
        with encoder(target, self.picture, preset, self.sound) as running:
            for frame in self.all:
                running.write(frame)


def stage(job: ClipJob, resources: Resources, frames: Frames, scratch: Path, preset: str) -> Took:
    """The whole stage between two bare encodes, for one preset."""
    bare = scratch / "bare.mp4"
    chosen = job.model_copy(update={"preset": preset})
    before = took(lambda: frames.encode(bare, preset))
    soundtrack.__globals__["_finished"].cache_clear()  # the first clip of a build has no sound yet
    whole = took(lambda: render_clip(chosen, resources, scratch / "stage", "bench"))
    after = took(lambda: frames.encode(bare, preset))
    wall, cpu = ((one + two) / 2 for one, two in zip(before, after, strict=True))
    print(
        f"clip {preset}: whole stage {whole.wall_s:.2f} s, bare encodes {before.wall_s:.2f} and "
        f"{after.wall_s:.2f} s, ratio {whole.wall_s / wall:.2f} (reach: <= 1.25); "
        f"processor {whole.cpu_s:.1f} and {cpu:.1f} s, ratio {whole.cpu_s / cpu:.2f}"
    )
    return whole


def against_naive(job: ClipJob, resources: Resources, scratch: Path, whole: Took) -> None:
    """The same clip by moviepy's CompositeVideoClip, all of its 25 s, at the default preset."""
    slow = took(lambda: naive(job, resources, scratch / "naive.mp4", DEFAULT))
    print(
        f"clip {DEFAULT}: naive moviepy {slow.wall_s:.1f} s, stage / naive = 1/{slow.wall_s / whole.wall_s:.1f} "
        f"(reach: <= 1/8); processor {slow.cpu_s:.1f} s, 1/{slow.cpu_s / whole.cpu_s:.1f}"
    )


def presets(frames: Frames, scratch: Path) -> None:
    """Size, time and likeness to the raw frames: why the default is what it is (docs/clips.md)."""
    print("preset     bytes    wall s   cpu s   SSIM     worst frame")
    for preset in ("veryfast", "faster", "medium"):
        target = scratch / f"{preset}.mp4"
        time = took(lambda target=target, preset=preset: frames.encode(target, preset))  # type: ignore[misc]
        mean, worst = likeness(frames, target)
        print(
            f"{preset:9} {target.stat().st_size:8,} {time.wall_s:8.2f} {time.cpu_s:7.1f}   {mean:.5f}  {worst:.5f}"
        )


def likeness(frames: Frames, coded: Path) -> tuple[float, float]:
    """Structural similarity of the file's frames and the raw ones: the mean, and the worst frame."""
    picture = frames.picture
    command = [
        ffmpeg_path(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p",
        "-s", f"{picture.width}x{picture.height}", "-r", str(picture.fps), "-i", "pipe:0", "-i", str(coded),
        "-lavfi", "[0:v][1:v]ssim=stats_file=-", "-f", "null", "/dev/null",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said)
        assert process.stdin is not None
        for frame in frames.all:
            process.stdin.write(frame)
        process.stdin.close()
        assert process.wait() == 0
        said.seek(0)
        values = [float(value) for value in re.findall(rb"All:([\d.]+)", said.read())]
    assert len(values) == len(frames.all)
    return sum(values) / len(values), min(values)


_WORKER = """
import resource, sys, tempfile, threading
from pathlib import Path
from bench.clip import resident_mb, story
from kit.render.clip import render_clip
from kit.render.clip.interpreter_video import signed
from kit.resources import Resources
job, resources = story()[0], Resources(Path(sys.argv[2]))
job = signed(job, resources)
peak, over = [0], threading.Event()
def watch():
    while not over.wait(0.02):
        peak[0] = max(peak[0], resident_mb())
watching = threading.Thread(target=watch)
watching.start()
with tempfile.TemporaryDirectory() as folder:
    render_clip(job.model_copy(update={"preset": sys.argv[1]}), resources, Path(folder), "bench")
over.set()
watching.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, peak[0])
"""


def resident_mb() -> int:
    """This process and its children now, shared pages counted once, where the system tells it (Linux)."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    children = own.read_text().split() if own.exists() else []
    return sum(_resident_kb(name) for name in ("self", *children)) // 1024


def _resident_kb(name: str) -> int:
    try:
        found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{name}/smaps_rollup").read_text())
    except OSError:  # it has just ended
        return 0
    return int(found[1]) if found else 0


def memory(scratch: Path) -> None:
    """Peak of a process that makes this one clip, alone and with its encoder; then with a signer's film."""
    _worker(DEFAULT, scratch)
    _worker(FINAL, scratch)
    film = scratch / "assets" / "lsf" / "fr.mp4"
    film.parent.mkdir(parents=True)
    card = "testsrc2=size=1920x1080:rate=25:duration=25"
    make = [
        ffmpeg_path(),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        card,
        "-preset",
        "veryfast",
        "-pix_fmt",
        "yuv420p",
    ]
    subprocess.run([*make, str(film)], check=True)
    _worker(DEFAULT, scratch)
    _worker(FINAL, scratch)


def _worker(preset: str, folder: Path) -> None:
    run = [sys.executable, "-c", _WORKER, preset, str(folder)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    own, whole = done.stdout.split()
    who = "its encoder" + (" and the decoder of a 1080p film" if (folder / "assets").exists() else "")
    print(f"memory of a worker, {preset}: {own} MB, with {who} {whole} MB (reach: < 600)")


def main() -> None:
    """All figures of the clip."""
    job, resources = story()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        memory(scratch)
        frames = Frames(job, resources, scratch)
        whole = {preset: stage(job, resources, frames, scratch, preset) for preset in (DEFAULT, FINAL)}
        presets(frames, scratch)
        del frames
        against_naive(job, resources, scratch, whole[DEFAULT])
