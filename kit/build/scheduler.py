"""Decides which jobs have to be drawn again, and draws them in worker threads; records each as it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kit.build.cache import Cache, Digests
from kit.build.request import Progress, Request
from kit.errors import InputError
from kit.load import Loaded
from kit.media.process import kill_all
from kit.model.artifact import Artifact
from kit.model.plan import ClipJob, Job, Plan, PostJob, PrintJob, ReceiptJob, SoundJob, VisualJob
from kit.render.post import render_post
from kit.render.print import render_print
from kit.render.receipt import render_receipt
from kit.render.typeset import Typesetter
from kit.render.visual import render_visual

CORES_AN_ENCODER = 2
"""x264 with its fixed threads fills two cores: more encoders at once only take turns on them."""
_LOOK_S = 0.2


@dataclass(frozen=True)
class RenderContext:
    """What every worker works with. `folder` is where the kit is written."""

    loaded: Loaded
    request: Request
    folder: Path
    cache: Cache
    progress: Progress


def interpreted_languages(loaded: Loaded) -> frozenset[str]:
    """The languages of clips that have a film of an interpreter."""
    if not loaded.resources.names("assets", "lsf/*"):
        return frozenset()
    from kit.render.clip.interpreter_video import signed_languages  # numpy takes half a second to import

    return signed_languages(loaded.resources, loaded.campaign.clips.languages)


def render(context: RenderContext, plan: Plan) -> tuple[list[Artifact], list[str], list[str]]:
    """All pieces, by job order; ids of the jobs that were drawn; ids of those that were kept.

    A job is kept when a file of each of its artifacts stands with the bytes of the last run, made of the same inputs.
    """
    digests = Digests.of_plan(context.loaded, plan)
    done: dict[str, list[Artifact]] = {}
    waiting: dict[str, Job] = {}
    for job in plan.jobs:
        known = context.cache.artifacts(job.id)
        fresh = bool(known) and known[0].digest == digests.of(job)
        # a copy never shows other pictures than its clip
        follows = isinstance(job, SoundJob) and job.of in waiting
        if fresh or not (context.request.wants(job) or follows):
            done[job.id] = known
        else:
            waiting[job.id] = job
    for sound in [job for job in waiting.values() if isinstance(job, SoundJob)]:
        if not done.get(sound.of, True):  # its clip was never made, nor asked for by name
            waiting[sound.of] = digests.clips[sound.of]
    if waiting:
        _draw(context, digests, list(waiting.values()), done)
    kept = [job.id for job in plan.jobs if job.id not in waiting and done[job.id]]
    return [a for job in plan.jobs for a in done[job.id]], list(waiting), kept


def _draw(
    context: RenderContext, digests: Digests, waiting: Sequence[Job], done: dict[str, list[Artifact]]
) -> None:
    """Stills and prints on all workers, posts (they quote the stills' alt text), clips, other sounds.

    `done` holds the artifacts of all other jobs, and is filled up. Raises InputError naming every
    text that does not fit, WorkError when the disk or the encoder fails.
    """
    loaded, folder, cache = context.loaded, context.folder, context.cache
    typesetter = Typesetter(loaded.resources)
    sheets = [job for job in waiting if isinstance(job, (VisualJob, PrintJob, ReceiptJob))]
    for theme in {job.theme.faces: job.theme for job in sheets}.values():
        typesetter.check_families(theme)

    def sheet(job: Job) -> None:
        artifacts = _sheet(job, typesetter, folder, digests.of(job))
        cache.keep(job.id, artifacts)
        done[job.id] = artifacts

    _on_workers(sheet, sheets, context.request.workers, lambda n: context.progress("sheets", n, len(sheets)))
    drawn = {a.id: a for artifacts in done.values() for a in artifacts}
    for post in (job for job in waiting if isinstance(job, PostJob)):
        picture = drawn.get(post.media[0]) if post.media else None
        done[post.id] = render_post(post, loaded.resources, picture, folder, digests.of(post))
        cache.keep(post.id, done[post.id])
    clips = [job for job in waiting if isinstance(job, ClipJob)]
    if clips:
        _film(context, digests, clips, done)
    sounds = [job for job in waiting if isinstance(job, SoundJob)]
    for number, sound in enumerate(sounds, 1):
        from kit.render.clip.remux_audio import render_sound

        master = done[sound.of][0]
        done[sound.id] = render_sound(sound, master, loaded.resources, folder, digests.of(sound))
        cache.keep(sound.id, done[sound.id])
        context.progress("sounds", number, len(sounds))


class _Stopped(Exception):
    """The build is over for a worker: somebody pressed Ctrl-C, or another clip failed."""


def _film(
    context: RenderContext, digests: Digests, clips: Sequence[ClipJob], done: dict[str, list[Artifact]]
) -> None:
    """All clips over the workers; progress counts their frames, so that the time left is right.

    While one is encoded the next is typeset and mixed. Encoders take turns: one fills two cores.
    """
    from kit.render.clip import render_clip  # numpy and moviepy take a second to import

    turn = threading.Semaphore(max(1, context.request.workers // CORES_AN_ENCODER))
    stop = threading.Event()
    frames = dict.fromkeys((clip.id for clip in clips), 0)
    total = sum(round(clip.duration_s * clip.fps) for clip in clips)

    def make(job: ClipJob) -> None:
        def seen(number: int, _of: int) -> None:
            if stop.is_set():
                raise _Stopped
            frames[job.id] = number

        made = render_clip(job, context.loaded.resources, context.folder, digests.of(job), seen, turn=turn)
        context.cache.keep(job.id, made)
        done[job.id] = made

    _on_workers(
        make,
        clips,
        context.request.workers,
        lambda _: context.progress("clips", sum(frames.values()), total),
        stop,
    )


def _sheet(job: Job, typesetter: Typesetter, folder: Path, digest: str) -> list[Artifact]:
    if isinstance(job, VisualJob):
        return render_visual(job, typesetter, folder, digest)
    if isinstance(job, PrintJob):
        return render_print(job, typesetter, folder, digest)
    assert isinstance(job, ReceiptJob)
    return render_receipt(job, typesetter, folder, digest)


J = TypeVar("J", bound=Job)


def _on_workers(
    work: Callable[[J], None], items: Sequence[J], workers: int, tick: Callable[[int], None],
    stop: threading.Event | None = None,
) -> None:  # fmt: skip
    """Run over threads (typesetting and encoding release the interpreter); first error stops the rest.

    All texts that do not fit are collected, so that one run names them all. `tick` is called here,
    several times a second, with how many are done. `stop` is set when one failed, so that the others can end.
    """
    pool = ThreadPoolExecutor(max_workers=max(workers, 1))
    futures = {pool.submit(work, item): number for number, item in enumerate(items)}
    left, mistakes = set(futures), {}
    try:
        while left:
            over, left = wait(left, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in over:
                try:
                    future.result()
                except InputError as error:
                    mistakes[futures[future]] = error
            tick(len(futures) - len(left))
        if mistakes:
            told = [mistakes[number] for number in sorted(mistakes)]
            once = dict.fromkeys(map(str, told))  # a template's mistake is met by every sheet
            raise InputError("\n".join(once), told[0].hint, {each for one in told for each in one.mistakes})
    except BaseException:
        if stop:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            while under_way := [future for future in futures if future.running()]:
                kill_all()  # a worker may hang on its encoder, and look at nothing
                wait(under_way, timeout=_LOOK_S)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
