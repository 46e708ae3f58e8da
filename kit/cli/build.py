"""`kit build`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from kit.build import Request, Summary, build
from kit.build.request import default_workers
from kit.check.reporters import report_text
from kit.cli.options import Common, kit_command, tidy_on_sigterm
from kit.files import stable_json
from kit.load import find_campaign


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
    started = time.monotonic()
    out = common.out_folder(find_campaign(common.campaign))
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
            done = build(common.campaign, request, bars)
    finally:
        bars.close()
    _tell(common, out, done, time.monotonic() - started)
    if done.report.has_failures:
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


def _tell(common: Common, out: Path, done: Summary, seconds: float) -> None:
    kept, folder = done.jobs - len(done.made), out / done.folder.name
    if common.as_json:
        click.echo(
            stable_json(
                {
                    "folder": str(folder),
                    "made": list(done.made),
                    "kept": kept,
                    "deleted": list(done.deleted),
                    "foreign": list(done.foreign),
                    "failed": sorted(done.report.failed),
                }
            ),
            nl=False,
        )
        return
    common.say(report_text(done.report))
    if done.deleted:
        common.say(f"deleted, no longer planned: {', '.join(done.deleted)}")
    if done.foreign:
        common.say(f"not made by the kit, left alone: {', '.join(done.foreign)}")
    common.say(f"{len(done.made)} made, {kept} unchanged, {done.files} files, {seconds:.1f} s")
    common.say(f"open {folder / 'index.html'}")
