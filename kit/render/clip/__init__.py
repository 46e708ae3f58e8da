"""Clips: 25 seconds, set once by Typst, moved as planes, encoded at the encoder's own speed.

layers (Typst) → motion (what stands when) → compose (frames) → encode, with audio and captions
beside. A frame is a pure function of its time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kit.errors import WorkError
from kit.files import atomic_path, sha256_of, write_bytes, write_text
from kit.model.artifact import Alt, Artifact
from kit.model.plan import ClipJob
from kit.render.alt import full_alt
from kit.render.clip.audio import soundtrack
from kit.render.clip.captions import cues, description, srt, transcript, vtt
from kit.render.clip.compose import Film
from kit.render.clip.encode import QUALITY, Picture, encoder
from kit.render.clip.layers import set_layers, typesetter
from kit.render.clip.report import all_text, boxes_of
from kit.render.clip.voice import voice_of
from kit.render.picture import upload_jpeg, xmp_packet
from kit.resources import Resources
from kit.tables.formats import CLIP_MAX_BYTES
from kit.tables.languages import LANGUAGES

__all__ = ["render_clip"]


def _silent(done: int, total: int) -> None:
    """No progress wanted."""


def render_clip(
    job: ClipJob,
    resources: Resources,
    out: Path,
    digest: str,
    progress: Callable[[int, int], None] = _silent,
    scale: float = 1.0,
) -> list[Artifact]:
    """Write the clip, its captions, transcript and poster under `out`; one artifact a file.

    `progress` is told (frames done, frames in all). `scale` shrinks the picture for tests and
    quick looks. Raises InputError for a text that does not fit, WorkError when the encoder dies;
    files of this clip that were already there then still stand.
    """
    base = f"clips/{job.language}/{job.piece}-{job.format}"
    voice = voice_of(resources, job.language)
    with ThreadPoolExecutor(1) as beside:
        sound = None if job.silent else beside.submit(soundtrack, job.duration_s, voice=voice)
        film = Film(job, set_layers(job, resources, scale))
        typesetter(resources).check_glyphs(list(boxes_of(job, film)), job)
        samples = sound.result() if sound else None
    with atomic_path(out / f"{base}.mp4") as partial:
        _encode(job, film, samples, partial, progress)
    write_text(out / f"{base}.srt", srt(job))
    write_text(out / f"{base}.vtt", vtt(job))
    write_text(out / f"{base}.txt", transcript(job))
    write_text(out / f"{base}.ad.txt", description(job))
    write_bytes(out / f"{base}.jpg", _poster(job, film))
    return _artifacts(job, film, out, base, digest)


def _poster(job: ClipJob, film: Film) -> bytes:
    """One frame at full colour resolution, encoded as every other picture of the kit."""
    xmp = xmp_packet(job.alt_short, job.rights, LANGUAGES[job.language].tag)
    return upload_jpeg(film.still(job.poster_s), xmp)


def _encode(
    job: ClipJob, film: Film, samples: bytes | None, goal: Path, progress: Callable[[int, int], None]
) -> None:
    """Encode, and once more at a lower quality in the rare case that the file is too large."""
    picture = Picture(film.sheet.width, film.sheet.height, job.fps)
    total = round(job.duration_s * job.fps)
    with tempfile.TemporaryDirectory(prefix="kit-clip-") as folder:
        sound = Path(folder) / "sound.raw" if samples is not None else None
        if sound is not None and samples is not None:
            sound.write_bytes(samples)
        for quality in (QUALITY, QUALITY + 8):
            with encoder(goal, picture, job.preset, sound, quality) as running:
                for number in range(total):
                    running.write(film.frame(number / job.fps).data)
                    progress(number + 1, total)
            if goal.stat().st_size <= CLIP_MAX_BYTES:
                return
    raise WorkError(
        f"{job.id} is {goal.stat().st_size} bytes, the limit is {CLIP_MAX_BYTES}", "make its pictures simpler"
    )


def _artifacts(job: ClipJob, film: Film, out: Path, base: str, digest: str) -> list[Artifact]:
    shared: dict[str, Any] = {
        "piece": job.piece,
        "language": job.language,
        "direction": LANGUAGES[job.language].direction,
        "format": job.format,
        "facts": job.facts,
        "links": job.links,
        "digest": digest,
    }
    size = {"width": film.sheet.width, "height": film.sheet.height}
    text, boxes = all_text(job, film), boxes_of(job, film)
    said = tuple(" ".join(cue.lines) for cue in cues(job))
    poster_boxes = boxes_of(job, film, still_s=job.poster_s)
    poster_text = tuple(box.text for box in poster_boxes if box.text)

    def artifact(ending: str, kind: str, media_type: str, **more: Any) -> Artifact:
        path = out / f"{base}.{ending}"
        own = {} if ending == "mp4" else {"id": f"{job.id}.{ending}", "of": job.id}
        return Artifact(
            **{"id": job.id, **shared, **own, **more},
            kind=kind,  # type: ignore[arg-type]
            path=f"{base}.{ending}",
            media_type=media_type,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
        )

    return [
        artifact(
            "mp4", "clip", "video/mp4", **size, duration_s=job.duration_s, fps=float(job.fps),
            platforms=job.screen.platforms, alt=Alt(short=job.alt_short, full=full_alt(boxes, job.tools)), text=text, boxes=boxes,
        ),
        artifact("srt", "captions", "application/x-subrip", text=said),
        artifact("vtt", "captions", "text/vtt", text=said),
        artifact(
            "txt", "transcript", "text/plain",
            text=(*(scene.caption for scene in job.scenes), job.hashtag, job.day),
        ),
        artifact(
            "ad.txt", "data", "text/plain", id=f"{job.id}.ad",
            text=(job.description_title, *(line for scene in job.scenes for line in scene.described)),
        ),
        artifact(
            "jpg", "poster", "image/jpeg", **size,
            alt=Alt(short=job.alt_short, full=full_alt(poster_boxes, job.tools)), text=poster_text, boxes=poster_boxes,
        ),
    ]  # fmt: skip
