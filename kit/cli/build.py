"""`kit build`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from kit.build import Request, build, default_workers
from kit.build.up_to_date import Snapshot, close, unbroken
from kit.check.reporters import report_text
from kit.cli.options import Common, kit_command, tidy_on_sigterm
from kit.errors import InputError
from kit.files import digest_of, stable_json
from kit.load import find_campaign, load

_CLOCK_TICK_NS = 50_000_000
"""A file's times come from a clock that may stand up to a tick behind ours."""


@click.command("build")
@click.option(
    "--only",
    multiple=True,
    metavar="GLOB",
    help="Only jobs whose artifact id matches, e.g. 'visual/*/story/*'",
)
@click.option("--lang", "languages", multiple=True, metavar="CODE", help="Only these languages")
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Threads [one a core, at most 8]")
@click.option("--final", is_flag=True, help="Slower, finer clip encoding for the release")
@click.option("--extras", is_flag=True, help="Also loops, signage clips, and clips at -23 LUFS or silent")
@kit_command
def build_command(
    common: Common, only: tuple[str, ...], languages: tuple[str, ...], workers: int | None,
    final: bool, extras: bool,
) -> None:  # fmt: skip
    """Make the kit: plan, render, check, page, bundle. Redraws only what changed."""
    started, began_ns = time.monotonic(), time.time_ns() - _CLOCK_TICK_NS
    campaign = find_campaign(common.campaign)
    out, place = common.out_folder(campaign), str(campaign.absolute())
    asked = digest_of(place, str(out.absolute()), str(common.today), languages, only, final, extras)
    seal = out / ".kit-cache" / f"seal-{digest_of(place)[:16]}.json"
    if (known := unbroken(seal, asked)) is not None:
        _tell(common, out, known, time.monotonic() - started)
        if known.report.has_failures:
            raise SystemExit(1)
        return
    loaded = load(common.campaign)
    unknown = [code for code in languages if code not in loaded.campaign.languages]
    if unknown:
        raise InputError(
            f"--lang {', '.join(unknown)}: not in `languages` of this campaign",
            f"it has: {', '.join(loaded.campaign.languages)}",
        )
    request = Request(
        out=out,
        today=common.today,
        only=only,
        languages=languages,
        workers=workers or default_workers(),
        preset="medium" if final else "veryfast",
        extras=extras,
    )
    bars = _Bars(hidden=common.quiet or common.as_json)
    try:
        with tidy_on_sigterm():
            built = build(loaded, request, bars)
    finally:
        bars.close()
    done = Snapshot(
        built.folder.absolute(), built.report, len(built.made) + len(built.kept), len(built.manifest.artifacts),
        tuple(built.foreign),
    )  # fmt: skip
    if not request.narrowed:
        close(seal, asked, loaded.folder.absolute(), [p.absolute() for p in built.read], began_ns, done)
    _tell(common, out, done, time.monotonic() - started, built.made, built.deleted)
    if built.report.has_failures:
        raise SystemExit(1)


class _Bars:
    """One progress bar a stage, on a terminal only: logs stay readable."""

    def __init__(self, hidden: bool) -> None:
        self.hidden = hidden
        self.label = ""
        self.bar: click._termui_impl.ProgressBar[int] | None = None  # click has no public name for it

    def __call__(self, label: str, done: int, of: int) -> None:
        if self.hidden or label in ("check", "done"):
            self.close()
            return
        if label != self.label:
            self.close()
            self.label = label
            # clips are counted in frames, which nobody wants to read: their share and the time left do
            self.bar = click.progressbar(length=of, label=f"{label:<8}", show_pos=label != "clips")
            self.bar.__enter__()
        if self.bar is not None:
            self.bar.update(done - self.bar.pos)

    def close(self) -> None:
        """End the running bar."""
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
        self.bar, self.label = None, ""


def _tell(
    common: Common, out: Path, done: Snapshot, seconds: float, made: Sequence[str] = (), deleted: Sequence[str] = (),
) -> None:  # fmt: skip
    kept, folder = done.jobs - len(made), out / done.folder.name
    if common.as_json:
        click.echo(
            stable_json(
                {
                    "folder": str(folder),
                    "made": list(made),
                    "kept": kept,
                    "deleted": list(deleted),
                    "foreign": list(done.foreign),
                    "failed": sorted(done.report.failed),
                }
            ),
            nl=False,
        )
        return
    common.say(report_text(done.report))
    if deleted:
        common.say(f"deleted, no longer planned: {', '.join(deleted)}")
    if done.foreign:
        common.say(f"not made by the kit, left alone: {', '.join(done.foreign)}")
    common.say(f"{len(made)} made, {kept} unchanged, {done.files} files, {seconds:.1f} s")
    common.say(f"open {folder / 'index.html'}")
