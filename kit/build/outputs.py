"""What a build writes beside the pieces: pages, archives, reports, the plan of posts; and deleting stale files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kit.build.cache import Cache
from kit.bundle import archive_members, archive_of, make_manifest, write_archive
from kit.check.reporters import report_html, report_json
from kit.files import PARTIAL, stable_json
from kit.files.artifacts import write_artifact
from kit.load import Loaded
from kit.model.artifact import Artifact, Manifest, Report
from kit.model.ids import page_file, plan_files, report_files
from kit.page import render_pages
from kit.text.foreign_json import read_json_file


def write_pages(loaded: Loaded, pieces: Sequence[Artifact], report: Report, folder: Path) -> list[Artifact]:
    """The partner page in every language, with links to the archives that are made after it."""
    archives = {code: archive_of(loaded.campaign, code).path for code in loaded.campaign.languages}
    texts = {
        a.id: (folder / a.path).read_text(encoding="utf-8")
        for a in pieces
        if a.kind in ("post", "transcript")
    }
    campaign = loaded.campaign
    pages = render_pages(campaign, loaded.theme, pieces, report, texts, archives, loaded.resources)
    return [
        write_artifact(
            folder, page_file(page.path, page.language), page.html, facts=page.facts, links=page.links
        )
        for page in pages
    ]


def write_archives(
    loaded: Loaded, pieces: Sequence[Artifact], report: Report, folder: Path, cache: Cache
) -> list[Artifact]:
    """One ZIP a language."""
    return [_archive(loaded, code, pieces, report, folder, cache) for code in loaded.campaign.languages]


def _archive(
    loaded: Loaded, code: str, pieces: Iterable[Artifact], report: Report, folder: Path, cache: Cache
) -> Artifact:
    """The archive of a language: without what failed, its copies and what quotes it."""
    inside = archive_members(pieces, code, report.failed)
    name = f"bundle~{code}"
    known = cache.artifacts(name)
    archive = write_archive(loaded.campaign, code, inside, folder, known[0] if known else None)
    cache.keep(name, [archive])
    return archive


def write_reports(loaded: Loaded, report: Report, folder: Path) -> list[Artifact]:
    """The findings, for a program and for a person with a browser."""
    for_programs, for_people = report_files(loaded.campaign.languages[0])
    return [
        write_artifact(folder, for_programs, report_json(report)),
        write_artifact(folder, for_people, report_html(report, loaded.campaign.title)),
    ]


def write_post_plans(
    loaded: Loaded, pieces: Sequence[Artifact], report: Report, folder: Path
) -> list[Artifact]:
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
    plan_file, calendar_file = plan_files(campaign.languages[0])
    body: dict[str, object] = {"plan": 1, "posts": posts}
    plans = []
    if schedule is not None:
        from kit.posts.export.ics import calendar_bytes
        from kit.posts.post_queue import queue
        from kit.text.names import harmless_name

        planned = queue(make_manifest(campaign, pieces, report), schedule, campaign)
        body["scheduled"] = [{"key": str(p.key), **p.model_dump(mode="json")} for p in planned.posts]
        body["blocked"] = [b.model_dump(mode="json") | {"key": str(b.key)} for b in planned.blocked]
        stamp = datetime.combine(campaign.day, datetime.min.time(), UTC)
        values = [fact.value for fact in campaign.facts.values()]
        name = harmless_name(campaign.title, campaign.slug, values)
        ics = calendar_bytes(planned, name, stamp).decode()
        facts = tuple(sorted({fact for p in planned.posts for fact in p.facts}))
        plans.append(write_artifact(folder, calendar_file, ics, facts=facts))
    plans.append(write_artifact(folder, plan_file, stable_json(body)))
    return plans


def remove_partials(folder: Path) -> None:
    """Delete the unfinished files of a build that was killed."""
    for path in folder.rglob(f"{PARTIAL}*") if folder.is_dir() else ():
        path.unlink(missing_ok=True)


def owned_before(folder: Path) -> set[str]:
    """The paths that the manifest of the build before lists; none where it cannot be read."""
    try:
        raw = read_json_file(folder / "manifest.json")
        return {str(item["path"]) for item in raw["artifacts"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def tidy(folder: Path, manifest: Manifest, owned: set[str], *, delete: bool) -> tuple[list[str], list[str]]:
    """Delete files that an earlier build made and this one does not plan; name, but keep, all others."""
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
