"""Clips: layers drawn once by Typst, moved by Python as planes of pixels, encoded by x264.

layers (Typst) → motion (what stands when) → compose (frames) → encode, with audio and captions
beside. A frame is a pure function of its time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from kit.errors import WorkError
from kit.files import atomic_path
from kit.files.artifacts import adopt_artifact, write_artifact
from kit.model.artifact import Alt, Artifact
from kit.model.plan import ClipJob
from kit.render.alt import full_alt
from kit.render.clip.audio import soundtrack
from kit.render.clip.captions import cues, description, srt, transcript, vtt
from kit.render.clip.compose import ClipFilm
from kit.render.clip.encode import QUALITY, FrameFormat, encoder
from kit.render.clip.interpreter import signing
from kit.render.clip.layers import set_layers, typesetter
from kit.render.clip.loop import SCALE, animations
from kit.render.clip.report import all_text, boxes_of
from kit.render.clip.voice import voice_of
from kit.render.picture import upload_jpeg, xmp_packet
from kit.resources import Resources
from kit.tables.languages import LANGUAGES

__all__ = ["film_to", "opened", "render_clip"]


def _silent(done: int, total: int) -> None:
    """No progress wanted."""


def render_clip(
    job: ClipJob,
    resources: Resources,
    out: Path,
    digest: str,
    progress: Callable[[int, int], None] = _silent,
    scale: float = 1.0,
    turn: AbstractContextManager[object] | None = None,
) -> list[Artifact]:
    """Write the clip, its captions, transcript and poster under `out`; one artifact a file.

    `progress` is told (frames done, frames in all); what it raises stops the clip, and nothing of
    it stays. `scale` shrinks the picture for tests and quick looks. `turn` is held while the
    encoder runs: clips of one build wait for each other there, and only there. Raises InputError
    for a text that does not fit and for a recording or a film that cannot be used, WorkError when
    the encoder fails; files of this clip that were already there then still stand.
    """
    voice = voice_of(resources, job.language)
    with ExitStack() as until_done:
        with ThreadPoolExecutor(1) as beside:
            sound = None if job.silent else beside.submit(soundtrack, job.duration_s, voice=voice)
            film = until_done.enter_context(opened(job, resources, scale))
            typesetter(resources).check_glyphs(list(boxes_of(job, film)), job)
            samples = sound.result() if sound else None
        with turn or nullcontext(), atomic_path(out / job.identity.path) as partial:
            _encode(job, film, samples, partial, progress)
        poster = _poster(job, film)
    moving = animations(job, resources, scale) if job.loop else {}
    return _artifacts(job, film, poster, moving, out, digest)


@contextmanager
def opened(job: ClipJob, resources: Resources, scale: float = 1.0) -> Iterator[ClipFilm]:
    """The clip's frames, with the interpreter where the job keeps a place and there is a film."""
    layout = set_layers(job, resources, scale)
    with signing(job, layout, resources) as signer:
        yield ClipFilm(job, layout, signer)


def film_to(
    job: ClipJob,
    resources: Resources,
    target: Path,
    progress: Callable[[int, int], None] = _silent,
    scale: float = 1.0,
) -> None:
    """The film alone, in a file of one's own choice: to look at, never part of a kit."""
    sound = None if job.silent else soundtrack(job.duration_s, voice=voice_of(resources, job.language))
    with opened(job, resources, scale) as film, atomic_path(target) as partial:
        _encode(job, film, sound, partial, progress)


def _poster(job: ClipJob, film: ClipFilm) -> bytes:
    """One frame at full colour resolution, encoded as every other picture of the kit."""
    xmp = xmp_packet(job.alt_short, job.rights, LANGUAGES[job.language].tag)
    return upload_jpeg(film.still(job.poster_s), xmp)


def _encode(
    job: ClipJob, film: ClipFilm, samples: bytes | None, target: Path, progress: Callable[[int, int], None]
) -> None:
    """Encode, and once more at a lower quality in the rare case that the file is too large."""
    frames = FrameFormat(film.layout.width, film.layout.height, job.fps)
    total, limit = round(job.duration_s * job.fps), job.screen.max_bytes
    with tempfile.TemporaryDirectory(prefix="kit-clip-") as folder:
        sound = Path(folder) / "sound.raw" if samples is not None else None
        if sound is not None and samples is not None:
            sound.write_bytes(samples)
        for quality in (QUALITY, QUALITY + 8):
            with encoder(target, frames, job.preset, sound, quality) as running:
                for number in range(total):
                    running.write(film.frame(number / job.fps).data)
                    progress(number + 1, total)
            if target.stat().st_size <= limit:
                return
    raise WorkError(
        f"{job.id} is {target.stat().st_size} bytes, the limit is {limit}", "make its pictures simpler"
    )


def _artifacts(
    job: ClipJob, film: ClipFilm, poster: bytes, animated: dict[str, bytes], out: Path, digest: str
) -> list[Artifact]:
    """The film, which stands already, and the files beside it, which are written here."""
    size = {"width": film.layout.width, "height": film.layout.height}
    small = {name: round(length * SCALE) for name, length in size.items()}
    text, boxes = all_text(job, film), boxes_of(job, film)
    said = tuple(" ".join(cue.lines) for cue in cues(job))
    poster_boxes = boxes_of(job, film, still_s=job.poster_s)
    shown: dict[str, Any] = {"facts": job.facts, "links": job.links, "digest": digest}
    moving = {
        "duration_s": job.duration_s,
        "alt": Alt(short=job.alt_short, full=full_alt(boxes, job.tools)),
        "text": text,
        **shown,
    }

    def beside(suffix: str, content: str | bytes, **fields: Any) -> Artifact:
        return write_artifact(out, job.identity.copy(suffix), content, **{**shown, **fields})

    return [
        adopt_artifact(
            out, job.identity, **({"kind": "loop"} if job.loop else {"platforms": job.screen.platforms}),
            fps=float(job.fps), boxes=boxes, **size, **moving,
        ),
        *(beside(suffix, data, **small, **moving) for suffix, data in animated.items()),
        beside("srt", srt(job), text=said),
        beside("vtt", vtt(job), text=said),
        beside("txt", transcript(job), text=(*(scene.caption for scene in job.scenes), job.hashtag, job.day)),
        beside(
            "ad", description(job),
            text=(job.description_title, *(line for scene in job.scenes for line in scene.described)),
        ),
        beside(
            "jpg", poster, **size,
            alt=Alt(short=job.alt_short, full=full_alt(poster_boxes, job.tools)),
            text=tuple(box.text for box in poster_boxes if box.text), boxes=poster_boxes,
        ),
    ]  # fmt: skip
