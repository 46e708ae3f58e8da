"""A build from start to end: load, plan, render, check, page, bundle, manifest.

No stage imports another; only this folder and the command line know the order.
"""

from __future__ import annotations

import time
from pathlib import Path

from kit.build import outputs, up_to_date
from kit.build.cache import Cache
from kit.build.preflight import check_files
from kit.build.request import Built, Progress, Request, Summary, files_read
from kit.build.scheduler import RenderContext, interpreted_languages, render
from kit.bundle import make_manifest, write_manifest
from kit.check import check_campaign
from kit.files import refuse_links
from kit.load import Loaded, find_campaign, load
from kit.plan import plan

__all__ = ["Built", "Progress", "Request", "Summary", "build", "build_loaded"]


def _no_progress(_label: str, _done: int, _of: int) -> None:
    """Progress that nobody asked for."""


def build(campaign: Path, request: Request, progress: Progress = _no_progress) -> Summary:
    """Make the kit of the campaign folder (or its campaign.yaml), unless nothing has changed since it was made.

    Raises what `load` and `build_loaded` raise.
    """
    began_ns = time.time_ns()
    snapshot = up_to_date.place_of(find_campaign(campaign), request)
    if (known := up_to_date.matching(snapshot)) is not None:
        return known
    loaded = load(campaign)
    built = build_loaded(loaded, request, progress)
    if not request.narrowed:
        up_to_date.save(snapshot, loaded.folder, built, began_ns)
    return built.summary


def build_loaded(loaded: Loaded, request: Request, progress: Progress = _no_progress) -> Built:
    """Make the kit of a loaded campaign in `request.out/<slug>`.

    Raises InputError when a text does not fit or a selection matches nothing, WorkError when the
    disk or the encoder gives up. Whatever was finished before stays, is valid, and is not made
    again by the next run.
    """
    campaign = loaded.campaign
    folder = request.out / campaign.slug
    cache = Cache(request.out / ".kit-cache" / campaign.slug, folder)
    for place in (folder, cache.home.parent):
        refuse_links(place)
    outputs.remove_partials(folder)

    # plan: every job with its strings resolved; nothing later adds a file
    jobs = plan(
        campaign, loaded.theme, loaded.storyboards, loaded.schedule, extras=request.extras, preset=request.preset,
        signed_languages=interpreted_languages(loaded),
    )  # fmt: skip
    request.refuse_unknown(jobs, campaign.languages)

    # render: what changed is drawn, what did not is kept
    pieces, made, kept = render(RenderContext(loaded, request, folder, cache, progress), jobs)

    # check: refuse anything that a platform, a law or a safety rule would reject
    progress("check", 0, 1)
    report = check_campaign(campaign, request.today)
    report = report.plus(check_files(loaded, "pieces", pieces, folder, request, cache))

    # page: shows checksums of pieces only, and no link to what failed
    pages = outputs.write_pages(loaded, pieces, report, folder)

    # bundle: one ZIP a language, without what failed and what belongs to it
    bundles = outputs.write_archives(loaded, pieces, report, folder, cache)
    report = report.plus(check_files(loaded, "pages", [*pages, *bundles], folder, request, cache))

    # manifest: all that publishing will know, written last; SHA256SUMS ends the build
    reports = outputs.write_reports(loaded, report, folder)
    plans = outputs.write_post_plans(loaded, pieces, report, folder)
    manifest = make_manifest(campaign, [*pieces, *pages, *bundles, *reports, *plans], report)
    owned = outputs.owned_before(folder)
    write_manifest(manifest, folder)
    deleted, foreign = outputs.tidy(folder, manifest, owned, delete=not request.narrowed)
    progress("done", 1, 1)
    return Built(folder, manifest, report, made, kept, deleted, foreign, files_read(loaded, jobs))
