"""The line, top to bottom: load, plan, render, check, page, bundle. This file is the program.

No stage imports another; only this file and the command line know the order.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from math import ceil
from multiprocessing import get_context
from pathlib import Path

from kit.bundle import archive_path, make_manifest, text_artifact, write_archive, write_manifest
from kit.check import check_artifacts, check_campaign
from kit.check.runner import worst_first
from kit.build.scheduler import RenderContext, Progress, draw
from kit.errors import InputError, WorkError
from kit.files import PARTIAL, digest_of, stable_json
from kit.load import Loaded
from kit.model.artifact import Artifact, Manifest, Report, is_variant
from kit.model.campaign import Campaign
from kit.model.plan import Composition, Job, Plan, SoundJob
from kit.page import render_pages
from kit.plan import plan
from kit.build.cache import Cache, Digests
from kit.check.reporters import report_html, report_json
from kit.resources import code_digest
from kit.tables.languages import LANGUAGES

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
    read: tuple[Path, ...] = ()
    """Files of the campaign that were read: YAML, logos, photos."""


def build(loaded: Loaded, request: Request, progress: Progress = lambda *_: None) -> Built:
    """Make the kit of a loaded campaign in `request.out/<slug>`.

    Raises InputError when a text does not fit or a selection matches nothing, WorkError when the
    disk or the encoder gives up. Whatever was finished before stays, is valid, and is not made
    again by the next run.
    """
    campaign = loaded.campaign
    folder = request.out / campaign.slug
    cache = Cache(request.out / ".kit-cache" / campaign.slug, folder)
    _remove_partials(folder)

    # plan: every job with its strings resolved; nothing later adds a file
    todo = plan(campaign, loaded.theme, loaded.storyboards, loaded.schedule, extras=request.extras)
    todo = _with_signers(todo, loaded)
    _refuse_empty_selection(todo, request)

    # render: what changed is drawn, what did not is kept
    pieces, made, kept = _render(loaded, todo, request, folder, cache, progress)

    # check: refuse anything that a platform, a law or a safety rule would reject
    progress("check", 0, 1)
    report = check_campaign(campaign, request.today).plus(
        _checked(loaded, "pieces", pieces, folder, request, cache)
    )

    # page: shows checksums of pieces only, and no link to what failed
    archives = {code: archive_path(campaign, code) for code in campaign.languages}
    pages = _pages(loaded, pieces, report, folder, archives)

    # bundle: one ZIP a language, without what failed and what belongs to it
    bundles = [_archive(loaded, code, pieces, report, folder, cache) for code in campaign.languages]
    report = report.plus(_checked(loaded, "pages", [*pages, *bundles], folder, request, cache))

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
    own = {name for job in todo.jobs if isinstance(job, Composition) for name in job.own_files}
    read = (*loaded.files, *(loaded.folder / name for name in sorted(own)))
    return Built(folder, manifest, report, made, kept, deleted, foreign, read)


def _with_signers(todo: Plan, loaded: Loaded) -> Plan:
    """The plan, with the interpreter's place in every clip whose language has a film of one."""
    if not loaded.resources.names("assets", "lsf/*"):
        return todo
    from kit.render.clip.interpreter_video import signed  # numpy takes half a second to import

    return todo.model_copy(update={"clips": tuple(signed(clip, loaded.resources) for clip in todo.clips)})


def _render(
    loaded: Loaded, todo: Plan, request: Request, folder: Path, cache: Cache, progress: Progress
) -> tuple[list[Artifact], list[str], list[str]]:
    """All pieces, by job order; which jobs were drawn; which were kept."""
    digests = Digests(
        loaded, request.preset, {f"{job.id}.jpg": job for job in todo.visuals}, {c.id: c for c in todo.clips}
    )
    done: dict[str, list[Artifact]] = {}
    waiting: dict[str, Job] = {}
    for job in todo.jobs:
        known = cache.artifacts(job.id)
        fresh = bool(known) and known[0].digest == digests.of(job)
        # a copy never shows other pictures than its clip
        follows = isinstance(job, SoundJob) and job.of in waiting
        if fresh or not (request.wants(job) or follows):
            done[job.id] = known
        else:
            waiting[job.id] = job
    for sound in [job for job in waiting.values() if isinstance(job, SoundJob)]:
        if not done.get(sound.of, True):  # its clip was never made, nor asked for by name
            waiting[sound.of] = digests.clips[sound.of]
    if waiting:
        draw(RenderContext(loaded, folder, request.workers, cache, digests, progress), list(waiting.values()), done)
    kept = [job.id for job in todo.jobs if job.id not in waiting and done[job.id]]
    return [a for job in todo.jobs for a in done[job.id]], list(waiting), kept


def _checked(
    loaded: Loaded, name: str, artifacts: Sequence[Artifact], folder: Path, request: Request, cache: Cache
) -> Report:
    """The findings for these files, a language at a time; the last ones again where nothing changed.

    Sound because the key holds every byte (by sha256), the campaign, the day, and the code and libraries that check.
    """
    rest = digest_of(loaded.campaign.model_dump(mode="json"), str(request.today), code_digest("check"))
    own = {
        code: [a for a in artifacts if a.language == code] for code in sorted({a.language for a in artifacts})
    }
    keys = {code: digest_of([a.entry() for a in files], rest) for code, files in own.items()}
    known = {code: cache.report(f"{name}-{code}", key) for code, key in keys.items()}
    unknown = {code: files for code, files in own.items() if known[code] is None}
    fresh = _check_each(loaded.campaign, unknown, folder, request)
    for code, found in fresh.items():
        cache.keep_report(f"{name}-{code}", keys[code], found)
    report = Report()
    for code in own:
        report = report.plus(fresh.get(code) or known[code] or Report())
    return report


_MANY_FILES = 600
"""From here on files are checked beside each other. Starting a process takes a second."""
_PART_FILES = 100
"""Files that a process takes at a time, at most. Dealt like cards, since clips lie together and take longest."""


def _check_each(
    campaign: Campaign, files: dict[str, list[Artifact]], folder: Path, request: Request
) -> dict[str, Report]:
    """The findings of each language; in processes where that pays, since decoding holds the interpreter."""
    if request.workers < 2 or sum(map(len, files.values())) < _MANY_FILES:
        return {code: check_artifacts(campaign, own, folder, request.today) for code, own in files.items()}
    parts = {code: ceil(len(own) / _PART_FILES) for code, own in files.items()}
    # spawned, not forked: the typesetter's threads would be forked half
    with ProcessPoolExecutor(
        min(request.workers, sum(parts.values())), get_context("spawn"), initializer=_leave_ctrl_c_to_parent
    ) as pool:
        running = {
            code: [
                pool.submit(check_artifacts, campaign, own[part :: parts[code]], folder, request.today)
                for part in range(parts[code])
            ]
            for code, own in files.items()
        }
        try:
            return {code: _together([f.result() for f in futures]) for code, futures in running.items()}
        except BrokenProcessPool as error:
            raise WorkError(
                "a process that checked files was stopped by the system",
                "what is drawn is safe; if memory ran out, run again with --workers 1",
            ) from error


def _together(reports: Iterable[Report]) -> Report:
    whole = Report()
    for report in reports:
        whole = whole.plus(report)
    return worst_first(whole)


def _leave_ctrl_c_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
    loaded: Loaded, code: str, pieces: Iterable[Artifact], report: Report, folder: Path, cache: Cache
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
        from kit.posts.export.ics import calendar_bytes
        from kit.posts.post_queue import queue

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
