"""An encoder that dies, hangs, is killed, finds no room: a clear message, no half file, no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.cli.options import INTERRUPTED, TERMINATED
from kit.errors import WorkError
from kit.media.ffmpeg import ffmpeg_path
from kit.media.process import kill_all
from kit.render.clip import encode, render_clip
from kit.render.clip.encode import FrameFormat, encoder
from tests.render.clip.clip_job import RESOURCES, short_job
from tests.support.campaign import SHIPPED

HANGS = "exec tail -f /dev/null"


def script(path: Path, lines: str) -> Path:
    """An executable of these lines."""
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


def instead(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """These lines are the encoder."""
    fake = script(folder / "ffmpeg", lines)
    monkeypatch.setattr("kit.render.clip.encode.ffmpeg_path", lambda: str(fake))


def encoded(target: Path, frames: int = 40) -> None:
    """A few grey frames, enough to fill every pipe."""
    with encoder(target, FrameFormat(256, 256, 30), "veryfast", None) as running:
        for _ in range(frames):
            running.write(memoryview(bytes(256 * 384)))


def test_an_encoder_that_takes_no_frame_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive and doing nothing: no pipe breaks, so only a clock can tell."""
    instead(tmp_path, monkeypatch, HANGS)
    monkeypatch.setattr(encode, "STEP_TIMEOUT_S", 0.2)
    with pytest.raises(WorkError, match=r"did nothing for 0\.2 s"):
        encoded(tmp_path / "x.mp4")


def test_an_encoder_that_never_closes_its_file_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(tmp_path, monkeypatch, f"cat >/dev/null; {HANGS}")
    monkeypatch.setattr(encode, "STEP_TIMEOUT_S", 0.2)
    with pytest.raises(WorkError, match=r"did nothing for 0\.2 s"):
        encoded(tmp_path / "x.mp4")


def test_our_own_slowness_is_not_held_against_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than its time limit passes between two frames."""
    monkeypatch.setattr(encode, "STEP_TIMEOUT_S", 0.05)
    with encoder(tmp_path / "x.mp4", FrameFormat(16, 16, 30), "veryfast", None) as running:
        running.write(memoryview(bytes(384)))
        with pytest.raises(subprocess.TimeoutExpired):
            running._process.wait(0.4)
        monkeypatch.setattr(running._watchdog, "seconds", 30)
        running.write(memoryview(bytes(384)))
    assert (tmp_path / "x.mp4").stat().st_size > 500


def test_an_encoder_that_the_system_kills_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory: it says nothing at all."""
    instead(tmp_path, monkeypatch, "head -c 300000 >/dev/null; kill -9 $$")
    with pytest.raises(WorkError, match=r"SIGKILL.*memory"):
        encoded(tmp_path / "x.mp4")


def test_an_encoder_that_is_content_and_wrote_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(tmp_path, monkeypatch, "cat >/dev/null")
    (tmp_path / "x.mp4").touch()
    with pytest.raises(WorkError, match="wrote nothing"):
        encoded(tmp_path / "x.mp4")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_called_by_its_name() -> None:
    """ffmpeg itself against a device without room."""
    with pytest.raises(WorkError, match="disk is full") as caught:
        encoded(Path("/dev/full"))
    assert "safe" in caught.value.hint


@pytest.mark.parametrize("quietly", [True, False])
def test_a_disk_that_fills_up_midway_leaves_no_half_file_and_what_was_there_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quietly: bool
) -> None:
    """A limit on file sizes stands for the full disk: as a signal, or as an error of the write."""
    ignore = "" if quietly else "trap '' XFSZ; "
    instead(tmp_path, monkeypatch, f'{ignore}ulimit -f 4; exec {ffmpeg_path()} "$@"')
    out = tmp_path / "dist"
    target = out / "clips" / "fr" / "main-story.mp4"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"the clip of yesterday")
    with pytest.raises(WorkError, match="encoder stopped"):
        render_clip(short_job(silent=True), RESOURCES, out, "d" * 64, scale=0.25)
    assert [path.name for path in out.rglob("*.*")] == ["main-story.mp4"]
    assert target.read_bytes() == b"the clip of yesterday"


def test_a_worker_that_hangs_on_an_encoder_is_freed_when_the_build_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C reaches the main thread alone; the worker would wait for two minutes more."""
    fifo = tmp_path / "busy"
    os.mkfifo(fifo)
    instead(tmp_path, monkeypatch, f"head -c 300000 >/dev/null; echo > {fifo}; {HANGS}")
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(encoded, tmp_path / "x.mp4")
        fifo.read_text()
        kill_all()
        with pytest.raises(WorkError, match="SIGKILL"):
            work.result(timeout=60)


# --- ended from outside -----------------------------------------------------------------------------


def kit_with(fake: Path, out: Path) -> subprocess.Popen[str]:
    """`kit build` of one clip with another encoder.

    Trap: what a shell starts in the background ignores Ctrl-C, and so does all that it starts.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "kit", "build", "--campaign", str(SHIPPED), "--out", str(out),
         "--only", "clip/fr/story/main"],
        env={**os.environ, "IMAGEIO_FFMPEG_EXE": str(fake)}, cwd=SHIPPED,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)])
def test_ending_the_kit_amid_a_clip_leaves_no_half_file_and_no_process(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """Ctrl-C and SIGTERM, while the encoder is busy."""
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    kit = kit_with(script(tmp_path / "ffmpeg", f"echo $$ > {fifo}; {HANGS}"), tmp_path / "dist")
    encoder_id = int(fifo.read_text())
    kit.send_signal(number)
    _, said = kit.communicate(timeout=60)
    assert kit.returncode == status
    assert "interrupted" in said and "Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.kill(encoder_id, 0)
    assert not [path for path in (tmp_path / "dist").rglob("*") if path.is_file()]


def test_killing_the_kit_outright_ends_the_encoder_too(tmp_path: Path) -> None:
    """SIGKILL leaves no time to tidy: the encoder's input ends, and it with it."""
    fifo = tmp_path / "said"
    os.mkfifo(fifo)
    lines = f"echo started > {fifo}; cat >/dev/null; echo ended > {fifo}"
    kit = kit_with(script(tmp_path / "ffmpeg", lines), tmp_path / "dist")
    assert fifo.read_text() == "started\n"
    kit.kill()
    kit.communicate(timeout=60)
    assert fifo.read_text() == "ended\n"
