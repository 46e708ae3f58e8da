"""`kit doctor`: whether this machine has what a build needs."""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from typing import Any

import click

from kit import __version__
from kit.cli.options import Common, kit_command
from kit.errors import KitError
from kit.resources import verify_fonts


@click.command("doctor")
@kit_command
def doctor_command(common: Common) -> None:
    """Say whether this machine has all that a build needs."""
    rows = [("kit", True, __version__), ("python", sys.version_info >= (3, 11), platform.python_version())]
    rows += [_try("fonts", _fonts), _try("typesetter", _typesetter), _try("encoder", _encoder)]
    if common.as_json:
        click.echo(json.dumps({name: {"ok": ok, "detail": detail} for name, ok, detail in rows}))
    else:
        for name, ok, detail in rows:
            click.echo(f"{'ok  ' if ok else 'FAIL'}  {name:<11} {detail}")
    if not all(ok for _, ok, _ in rows):
        raise SystemExit(1)


def _try(name: str, look: Any) -> tuple[str, bool, str]:
    try:
        return name, True, look()
    except (KitError, ImportError, OSError, RuntimeError) as error:
        return name, False, str(error).splitlines()[0]


def _fonts() -> str:
    verify_fonts()
    return "every shipped font is the one that was shipped"


def _typesetter() -> str:
    import typst

    typst.compile(b"#set page(width: 1pt, height: 1pt)", format="png")
    return f"typst {version('typst')}"


def _encoder() -> str:
    import subprocess

    import imageio_ffmpeg

    exe = imageio_ffmpeg.get_ffmpeg_exe()
    listed = subprocess.run(
        [exe, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=30, check=True
    )
    if "libx264" not in listed.stdout:
        raise OSError("ffmpeg has no libx264")
    return f"ffmpeg {imageio_ffmpeg.get_ffmpeg_version()} with libx264"
