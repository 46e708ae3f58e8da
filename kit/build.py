"""The line, top to bottom: load, plan, render, check, page, bundle. This file is the program.

No stage imports another; only this file and the command line know the order.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from kit.bundle import archive_path, make_manifest, text_artifact, write_archive, write_manifest
from kit.check import check_artifacts, check_campaign
from kit.errors import InputError
from kit.files import PARTIAL, digest_of, sha256_of, stable_json, write_text
from kit.load import Loaded
from kit.model.artifact import Artifact, Manifest, Report, is_variant
from kit.model.plan import ClipJob, Composition, Job, Plan, PostJob, PrintJob, ReceiptJob, SoundJob, VisualJob
from kit.page import render_pages
from kit.plan import plan
from kit.render.marks import input_files
from kit.render.pictogram import pictogram_files
from kit.render.post import render_post, template_name
from kit.render.print import render_print
from kit.render.receipt import render_receipt
from kit.render.sheet import pictogram_names
from kit.render.typeset import Typesetter
from kit.render.visual import TEMPLATE_FILES, render_visual
from kit.report import report_html, report_json
from kit.resources import code_digest
from kit.tables.languages import LANGUAGES

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how much is done, and how much there is."""

CORES_AN_ENCODER = 2
"""x264 with its fixed threads fills two cores: more encoders at once only take turns on them."""
_LOOK_S = 0.2
_PIECES = ("visual", "print", "clip", "captions", "transcript", "poster", "post", "loop", "data")


@dataclass(frozen=True)
class Request:
    """What a build was asked for. Empty selections mean everything."""

    out: Path
    today: date
    only: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    workers: int = 2
    preset: str = "veryfast"
    extras: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether this build remakes a part and leaves the rest as it is."""
        return bool(self.only or self.languages)

    def wants(self, job: Job) -> bool:
        """Whether a job was asked for, by language and by a glob over artifact ids."""
        if self.languages and job.language not in self.languages:
            return False
        return not self.only or any(fnmatchcase(job.id, glob) for glob in self.only)


@dataclass
class Built:
    """What a build did."""

    folder: Path
    manifest: Manifest
    report: Report
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def build(loaded: Loaded, request: Request, progress: Progress = lambda *_: None) -> Built:
    """Make the kit of a loaded campaign in `request.out/<slug>`.

    Raises InputError when a text does not fit or a selection matches nothing, WorkError when the
    disk or the encoder gives up. Whatever was finished before stays, is valid, and is not made
    again by the next run.
    """
    campaign = loaded.campaign
    folder = request.out / campaign.slug
    cache = _Cache(request.out / ".kit-cache" / campaign.slug, folder)
    _remove_partials(folder)

    # plan: every job with its strings resolved; nothing later adds a file
    todo = plan(campaign, loaded.theme, loaded.storyboards, loaded.schedule, extras=request.extras)
    _refuse_empty_selection(todo, request)

    # render: what changed is drawn, what did not is kept
    pieces, made, kept = _render(loaded, todo, request, folder, cache, progress)

    # check: refuse anything that a platform, a law or a safety rule would reject
    progress("check", 0, 1)
    report = check_campaign(campaign, request.today).plus(
        _checked(loaded, "pieces", pieces, folder, request.today, cache)
    )

    # page: shows checksums of pieces only, and no link to what failed
    archives = {code: archive_path(campaign, code) for code in campaign.languages}
    pages = _pages(loaded, pieces, report, folder, archives)

    # bundle: one ZIP a language, without what failed and what belongs to it
    bundles = [_archive(loaded, code, pieces, report, folder, cache) for code in campaign.languages]
    report = report.plus(_checked(loaded, "pages", [*pages, *bundles], folder, request.today, cache))

    # manifest: the seam, written last; SHA256SUMS closes the build
    extras = [
        *pages,
        *bundles,
        *_reports(loaded, report, folder),
        *_post_plans(loaded, pieces, report, folder),
    ]
    manifest = make_manifest(campaign, [*pieces, *extras], report)
    owned = _owned_before(folder)
    write_manifest(manifest, folder)
    deleted, foreign = _tidy(folder, manifest, owned, delete=not request.narrowed)
    progress("done", 1, 1)
    return Built(folder, manifest, report, made, kept, deleted, foreign)


@dataclass(frozen=True)
class _Cache:
    """One record a job beside the kit: its digest and the artifacts it made.

    A record is believed only if every file is there with the very bytes; so a half file, an edited
    file or a killed build is never trusted.
    """

    home: Path
    folder: Path

    def _file(self, job_id: str) -> Path:
        return self.home / f"{job_id.replace('/', '~')}.json"

    def artifacts(self, job_id: str) -> list[Artifact]:
        """The artifacts of the last finished run of a job, if they still stand."""
        try:
            raw = json.loads(self._file(job_id).read_text(encoding="utf-8"))
            artifacts = [Artifact.model_validate(item) for item in raw]
        except (OSError, ValueError, ValidationError):
            return []
        return artifacts if all(self._stands(artifact) for artifact in artifacts) else []

    def keep(self, job_id: str, artifacts: Sequence[Artifact]) -> None:
        """Record what a job made, after its files are in place."""
        write_text(self._file(job_id), stable_json([artifact.entry() for artifact in artifacts]))

    def report(self, name: str, key: str) -> Report | None:
        """The findings that were recorded under this very key."""
        try:
            raw = json.loads(self._file(f"check~{name}").read_text(encoding="utf-8"))
            return Report.model_validate(raw["report"]) if raw["key"] == key else None
        except (OSError, ValueError, ValidationError, KeyError, TypeError):
            return None

    def keep_report(self, name: str, key: str, report: Report) -> None:
        """Record findings with the key of what they were found in."""
        write_text(
            self._file(f"check~{name}"), stable_json({"key": key, "report": report.model_dump(mode="json")})
        )

    def _stands(self, artifact: Artifact) -> bool:
        path = self.folder / artifact.path
        return path.is_file() and path.stat().st_size == artifact.bytes and sha256_of(path) == artifact.sha256


def _render(
    loaded: Loaded, todo: Plan, request: Request, folder: Path, cache: _Cache, progress: Progress
) -> tuple[list[Artifact], list[str], list[str]]:
    """All pieces, by job order; which jobs were drawn; which were kept."""
    digests = _Digests(
        loaded, request.preset, {f"{job.id}.jpg": job for job in todo.visuals}, {c.id: c for c in todo.clips}
    )
    done: dict[str, list[Artifact]] = {}
    waiting: list[Job] = []
    for job in todo.jobs:
        known = cache.artifacts(job.id)
        fresh = bool(known) and known[0].digest == digests.of(job)
        # a copy never shows other pictures than its clip
        follows = isinstance(job, SoundJob) and digests.clips[job.of] in waiting
        if fresh or not (request.wants(job) or follows):
            done[job.id] = known
        else:
            waiting.append(job)
    for sound in [job for job in waiting if isinstance(job, SoundJob)]:
        if not done.get(sound.of, True):  # its clip was never made, nor asked for by name
            waiting.append(digests.clips[sound.of])
    if waiting:
        _draw(loaded, waiting, request, folder, cache, digests, done, progress)
    kept = [job.id for job in todo.jobs if job not in waiting and done[job.id]]
    return [a for job in todo.jobs for a in done[job.id]], [job.id for job in waiting], kept


def _draw(
    loaded: Loaded, waiting: list[Job], request: Request, folder: Path, cache: _Cache,
    digests: _Digests, done: dict[str, list[Artifact]], progress: Progress,
) -> None:  # fmt: skip
    """Stills and prints on all workers, posts (they quote the stills' alt text), clips, other sounds."""
    typesetter = Typesetter(loaded.resources)
    sheets = [job for job in waiting if isinstance(job, (VisualJob, PrintJob, ReceiptJob))]
    for theme in {job.theme.faces: job.theme for job in sheets}.values():
        typesetter.check_families(theme)

    def sheet(job: Job) -> None:
        artifacts = _sheet(job, typesetter, folder, digests.of(job))
        cache.keep(job.id, artifacts)
        done[job.id] = artifacts

    _on_workers(sheet, sheets, request.workers, lambda n: progress("sheets", n, len(sheets)))
    drawn = {a.id: a for artifacts in done.values() for a in artifacts}
    for post in (job for job in waiting if isinstance(job, PostJob)):
        picture = drawn.get(post.media[0]) if post.media else None
        done[post.id] = render_post(post, loaded.resources, picture, folder, digests.of(post))
        cache.keep(post.id, done[post.id])
    clips = [job for job in waiting if isinstance(job, ClipJob)]
    if clips:
        _film(loaded, clips, request, folder, cache, digests, done, progress)
    sounds = [job for job in waiting if isinstance(job, SoundJob)]
    for number, sound in enumerate(sounds, 1):
        from kit.render.clip.resound import render_sound

        master = done[sound.of][0]
        done[sound.id] = render_sound(sound, master, loaded.resources, folder, digests.of(sound))
        cache.keep(sound.id, done[sound.id])
        progress("sounds", number, len(sounds))


class _Stopped(Exception):
    """The build is over for a worker: somebody pressed Ctrl-C, or another clip failed."""


def _film(
    loaded: Loaded, clips: Sequence[ClipJob], request: Request, folder: Path, cache: _Cache,
    digests: _Digests, done: dict[str, list[Artifact]], progress: Progress,
) -> None:  # fmt: skip
    """All clips over the workers; progress counts their frames, so that the time left is right.

    While one is encoded the next is typeset and mixed. Encoders take turns: one fills two cores.
    """
    from kit.render.clip import render_clip  # numpy and moviepy take a second to import

    turn = threading.Semaphore(max(1, request.workers // CORES_AN_ENCODER))
    stop = threading.Event()
    frames = dict.fromkeys((clip.id for clip in clips), 0)
    total = sum(round(clip.duration_s * clip.fps) for clip in clips)

    def make(job: ClipJob) -> None:
        def seen(number: int, _of: int) -> None:
            if stop.is_set():
                raise _Stopped
            frames[job.id] = number

        job = job.model_copy(update={"preset": request.preset})
        made = render_clip(job, loaded.resources, folder, digests.of(job), seen, turn=turn)
        cache.keep(job.id, made)
        done[job.id] = made

    _on_workers(make, clips, request.workers, lambda _: progress("clips", sum(frames.values()), total), stop)


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
    several times a second, with how many are done. `stop` is set when work under way is in vain.
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
            raise InputError("\n".join(map(str, told)), told[0].hint)
    except BaseException:
        if stop:
            stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass
class _Digests:
    """The identity of each job's inputs: its own fields, the templates and fonts it uses, our code."""

    loaded: Loaded
    preset: str
    pictures: dict[str, VisualJob]
    clips: dict[str, ClipJob]
    _files: dict[str, str] = field(default_factory=dict)

    def of(self, job: Job) -> str:
        """Equal digests mean that the same files would be made again."""
        return digest_of(job.model_dump(mode="json"), self._inputs(job), code_digest())

    def _inputs(self, job: Job) -> list[str]:
        if isinstance(job, Composition):
            return [
                self._of("fonts", "**/*.ttf"),
                self._of("templates", *TEMPLATE_FILES),
                self._of("assets", *pictogram_files(pictogram_names(job.tools))),
                *(self._own(name) for name in input_files(job)),
            ]
        if isinstance(job, ClipJob):
            return [
                self._of("fonts", "**/*.ttf"),
                self._of("templates", "clips/*.typ"),
                self._of("assets", "pictograms/*.svg"),
                self._of("assets", f"audio/{job.language}.wav"),
                self.preset,
            ]
        if isinstance(job, SoundJob):
            return [self.of(self.clips[job.of])]
        assert isinstance(job, PostJob)
        # a post file carries its picture's alt text, so it is remade when the picture is
        picture = [self.of(self.pictures[media]) for media in job.media if media in self.pictures]
        return [self._of("templates", template_name(job.platform)), *picture]

    def _own(self, name: str) -> str:
        """The identity of a file in the campaign folder; a missing one is told when it is drawn."""
        path = self.loaded.folder / name
        return sha256_of(path) if path.is_file() else ""

    def _of(self, folder: str, *patterns: str) -> str:
        key = f"{folder}:{patterns}"
        if key not in self._files:
            self._files[key] = self.loaded.resources.digest(folder, *patterns)  # type: ignore[arg-type]
        return self._files[key]


def _checked(
    loaded: Loaded, name: str, artifacts: Sequence[Artifact], folder: Path, today: date, cache: _Cache
) -> Report:
    """The findings for these files, a language at a time; the last ones again where nothing changed.

    Sound because the key holds every byte (by sha256), the campaign, the day and the checks' code.
    """
    rest = digest_of(loaded.campaign.model_dump(mode="json"), str(today), code_digest("check"))
    report = Report()
    for language in sorted({a.language for a in artifacts}):
        own = [a for a in artifacts if a.language == language]
        key = digest_of([a.entry() for a in own], rest)
        found = cache.report(f"{name}-{language}", key)
        if found is None:
            found = check_artifacts(loaded.campaign, own, folder, today)
            cache.keep_report(f"{name}-{language}", key, found)
        report = report.plus(found)
    return report


def _pages(
    loaded: Loaded, pieces: Sequence[Artifact], report: Report, folder: Path, archives: dict[str, str]
) -> list[Artifact]:
    texts = {
        a.id: (folder / a.path).read_text(encoding="utf-8")
        for a in pieces
        if a.kind in ("post", "transcript")
    }
    campaign = loaded.campaign
    pages = render_pages(campaign, loaded.theme, pieces, report, texts, archives, loaded.resources)
    return [
        text_artifact(
            folder, f"page/{page.path.removesuffix('.html')}", page.path, page.html,
            kind="page", language=page.language, direction=LANGUAGES[page.language].direction,
            media_type="text/html; charset=utf-8", facts=page.facts, links=page.links,
        )
        for page in pages
    ]  # fmt: skip


def _archive(
    loaded: Loaded, code: str, pieces: Iterable[Artifact], report: Report, folder: Path, cache: _Cache
) -> Artifact:
    """The archive of a language: without what failed, its copies and what quotes it."""
    failed = report.failed
    inside = [
        a for a in pieces
        if a.language == code and a.id not in failed and a.of not in failed and not failed & set(a.media)
        and not is_variant(a)
    ]  # fmt: skip
    name = f"bundle~{code}"
    known = cache.artifacts(name)
    archive = write_archive(loaded.campaign, code, inside, folder, known[0] if known else None)
    cache.keep(name, [archive])
    return archive


def _reports(loaded: Loaded, report: Report, folder: Path) -> list[Artifact]:
    language = loaded.campaign.languages[0]
    common = {"kind": "report", "language": language, "direction": LANGUAGES[language].direction}
    return [
        text_artifact(
            folder, "report/report", "report/report.json", report_json(report), media_type="application/json", **common
        ),
        text_artifact(
            folder, "report/index", "report/index.html", report_html(report, loaded.campaign.title),
            media_type="text/html; charset=utf-8", **common,
        ),
    ]  # fmt: skip


def _post_plans(loaded: Loaded, pieces: Sequence[Artifact], report: Report, folder: Path) -> list[Artifact]:
    """`posts/plan.json`: every post, neutral to any scheduler, and what the schedule makes of them.

    `posts/plan.ics`: the same as a calendar. Both are stamped with the campaign's day, not with the
    clock: the same input is the same bytes. `kit schedule export` keeps count of changes.
    """
    campaign, schedule = loaded.campaign, loaded.schedule
    paths = {a.id: a.path for a in pieces}
    posts = [
        {
            "id": a.id, "platform": a.format, "language": a.language, "piece": a.piece,
            "text": (folder / a.path).read_text(encoding="utf-8").removesuffix("\n"),
            "media": [{"id": m, "path": paths.get(m)} for m in a.media],
            "alt": a.alt.model_dump() if a.alt else None,
        }
        for a in pieces if a.kind == "post"
    ]  # fmt: skip
    language = campaign.languages[0]
    common = {"kind": "plan", "language": language, "direction": LANGUAGES[language].direction}
    body: dict[str, object] = {"plan": 1, "posts": posts}
    plans = []
    if schedule is not None:
        from kit.export.calendar import calendar_bytes
        from kit.queue import queue

        planned = queue(make_manifest(campaign, pieces, report), schedule, campaign)
        body["scheduled"] = [{"key": str(p.key), **p.model_dump(mode="json")} for p in planned.posts]
        body["blocked"] = [b.model_dump(mode="json") | {"key": str(b.key)} for b in planned.blocked]
        stamp = datetime.combine(campaign.day, datetime.min.time(), UTC)
        ics = calendar_bytes(planned, campaign.title, stamp).decode()
        facts = tuple(sorted({fact for p in planned.posts for fact in p.facts}))
        plans.append(
            text_artifact(
                folder, "posts/plan.calendar", "posts/plan.ics", ics,
                media_type="text/calendar; charset=utf-8", facts=facts, **common,
            )
        )  # fmt: skip
    plans.append(
        text_artifact(
            folder, "posts/plan", "posts/plan.json", stable_json(body), media_type="application/json", **common,
        )
    )  # fmt: skip
    return plans


def _refuse_empty_selection(todo: Plan, request: Request) -> None:
    if request.narrowed and not any(request.wants(job) for job in todo.jobs):
        asked = " ".join(
            [*(f"--only {glob}" for glob in request.only), *(f"--lang {c}" for c in request.languages)]
        )
        raise InputError(
            f"{asked} matches nothing that this campaign makes",
            "`kit plan` lists the ids; for instance --only 'visual/fr/story/*'",
        )


def _remove_partials(folder: Path) -> None:
    for path in folder.rglob(f"{PARTIAL}*") if folder.is_dir() else ():
        path.unlink(missing_ok=True)


def _owned_before(folder: Path) -> set[str]:
    try:
        raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return {str(item["path"]) for item in raw["artifacts"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _tidy(folder: Path, manifest: Manifest, owned: set[str], *, delete: bool) -> tuple[list[str], list[str]]:
    """Delete files this kit owned and no longer plans; name those it never made, leave them alone."""
    planned = {a.path for a in manifest.artifacts} | {"manifest.json", "SHA256SUMS"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    deleted = sorted((there & owned) - planned) if delete else []
    for path in deleted:
        (folder / path).unlink()
    for parent in sorted(
        {(folder / path).parent for path in deleted}, key=lambda p: len(p.parts), reverse=True
    ):
        if parent != folder and not any(parent.iterdir()):
            parent.rmdir()
    return deleted, sorted(there - planned - owned)


def default_workers() -> int:
    """As many as the machine has cores, at most eight: more only wait for memory."""
    return max(1, min(8, os.cpu_count() or 1))
