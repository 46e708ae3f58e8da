"""A finished clip with another sound, or with none: the pictures are copied, not encoded again."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from kit.errors import WorkError
from kit.files import atomic_path
from kit.files.artifacts import adopt_artifact
from kit.media.ffmpeg import ffmpeg_path
from kit.media.loudness import BROADCAST_LUFS
from kit.model.artifact import Artifact
from kit.model.plan import SoundJob
from kit.render.clip.audio import RATE, soundtrack
from kit.render.clip.voice import voice_of
from kit.resources import Resources

_TIMEOUT_S = 120


def render_sound(
    job: SoundJob, master: Artifact, resources: Resources, out: Path, digest: str
) -> list[Artifact]:
    """Write `clips/<lang>/<clip>-<format>.<role>.mp4` from the master beside it; its one artifact.

    What is seen is the master's, so its texts, boxes and alternative text are too. Raises WorkError
    when ffmpeg fails; a file that stood there then still stands.
    """
    identity = job.identity
    path = out / identity.path
    with tempfile.TemporaryDirectory(prefix="kit-sound-") as folder, atomic_path(path) as partial:
        sound = None
        if job.role == "ebu":
            sound = Path(folder) / "sound.raw"
            voice = voice_of(resources, job.language)
            sound.write_bytes(soundtrack(job.duration_s, BROADCAST_LUFS, voice))
        _copied(out / master.path, sound, partial)
    seen = {name: value for name, value in master if name not in identity.fields()}
    # signage and broadcast are no platform; a clip without a track is refused by some
    return [adopt_artifact(out, identity, **{**seen, "platforms": (), "digest": digest})]


def _copied(clip: Path, sound: Path | None, target: Path) -> None:
    audio_in = ["-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", str(sound)] if sound else []
    audio_out = ["-map", "1:a", "-c:a", "aac", "-profile:a", "aac_low", "-b:a", "128k"] if sound else ["-an"]
    command = [
        ffmpeg_path(), "-hide_banner", "-nostats", "-loglevel", "error", "-y", "-i", str(clip), *audio_in,
        "-map", "0:v", "-c:v", "copy", *audio_out,
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
        "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", "-f", "mp4", str(target),
    ]  # fmt: skip
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WorkError(f"{clip.name} could not be given another sound: {error}", "run it again") from error
    if run.returncode:
        words = run.stderr.decode(errors="replace").strip()
        raise WorkError(
            f"{clip.name} could not be given another sound: {words}",
            "the clip itself is safe; check the disk and run the same command again",
        )
