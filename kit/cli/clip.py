"""`kit clip`: one frame or a whole film to look at, beside the kit and never part of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kit.cli.options import Common, kit_command, tidy_on_sigterm
from kit.errors import InputError
from kit.files import atomic_path, stable_json
from kit.load import Loaded, load
from kit.model.plan import ClipJob
from kit.model.texts import suggestion
from kit.plan.clips import clip

_FAST = 1 / 3
"""Each way: a ninth of the pixels."""


@click.group("clip")
def clip_group() -> None:
    """Look at a clip: one frame, or a quick film. Writes beside the kit, never into it."""


def _choice(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a clip, and where it goes."""
    for option in reversed(
        (
            click.option(
                "--lang", "language", metavar="CODE", help="Language [the first of clips.languages]"
            ),
            click.option("--format", "shape", metavar="FORMAT", help="Shape [the first the clip is made in]"),
            click.option("--clip", "name", default="main", help="Clip, or a tool's loop: loop-3919 [main]"),
            click.option("--fast", is_flag=True, help="Small: a third of the size each way"),
            click.option(
                "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write"
            ),
        )
    ):
        command = option(command)
    return command


@clip_group.command("frame")
@click.option("--at", "seconds", type=float, required=True, help="Second of the frame, e.g. 7.2")
@_choice
@kit_command
def frame_command(
    common: Common, seconds: float, language: str | None, shape: str | None, name: str, fast: bool,
    output: Path | None,
) -> None:  # fmt: skip
    """Write one frame of a clip as PNG, at any second: what stands there, to the pixel."""
    loaded = load(common.campaign)
    job = _job(loaded, language, shape, name)
    if not 0 <= seconds < job.duration_s:
        raise InputError(
            f"--at {seconds:g}: the clip lasts {job.duration_s:g} s", "choose a second inside it"
        )
    from kit.render.clip import opened

    target = output or Path(f"{job.piece}-{job.format}-{job.language}-{seconds:g}s.png")
    scale = _FAST if fast else 1.0
    with opened(job, loaded.resources, scale) as film, atomic_path(target) as partial:
        film.still(seconds).save(partial, "PNG")
    _tell(common, job, target)


@clip_group.command("film")
@_choice
@kit_command
def film_command(
    common: Common, language: str | None, shape: str | None, name: str, fast: bool, output: Path | None
) -> None:
    """Write a whole clip as MP4; with --fast a small one, for a quick look at movement and sound."""
    loaded = load(common.campaign)
    job = _job(loaded, language, shape, name)
    from kit.render.clip import film_to

    target = output or Path(f"{job.piece}-{job.format}-{job.language}{'-fast' if fast else ''}.mp4")
    total = round(job.duration_s * job.fps)
    hidden = common.quiet or common.as_json
    with tidy_on_sigterm(), click.progressbar(length=total, label=job.id, hidden=hidden) as bar:
        film_to(
            job, loaded.resources, target, lambda done, _: bar.update(done - bar.pos), _FAST if fast else 1.0
        )
    _tell(common, job, target)


def _job(loaded: Loaded, language: str | None, shape: str | None, name: str) -> ClipJob:
    """The clip that was asked for, in any language of the campaign that has its words."""
    campaign, boards = loaded.campaign, loaded.storyboards
    names = {
        own: board
        for stem, board in boards.items()
        for own in ([f"{stem}-{tool.id}" for tool in campaign.tools] if board.kind == "loop" else [stem])
    }
    if name not in names:
        raise InputError(f"--clip {name}: no such clip{suggestion(name, set(names))}")
    board = names[name]
    spoken = [code for code in campaign.languages if board.words in campaign.texts[code].clips]
    language = language or next((c for c in campaign.clips.languages if c in spoken), spoken[0])
    if language not in spoken:
        raise InputError(f"--lang {language}: no clip in this language{suggestion(language, set(spoken))}")
    shapes = [shape for cut in board.cuts for shape in cut.shapes]
    shape = shape or shapes[0]
    if shape not in shapes:
        raise InputError(f"--format {shape}: {name} is not made in it{suggestion(shape, set(shapes))}")
    from kit.render.clip.interpreter_video import signed_languages

    signed = frozenset() if board.kind == "loop" else signed_languages(loaded.resources, [language])
    return clip(campaign, loaded.theme, name, board, language, shape, signed_languages=signed)


def _tell(common: Common, job: ClipJob, target: Path) -> None:
    if common.as_json:
        click.echo(stable_json({"clip": job.id, "file": str(target)}), nl=False)
    else:
        common.say(f"{job.id}: wrote {target}")
