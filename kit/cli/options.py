"""Options that every command takes, and the one place where errors become an exit status."""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from kit.errors import InputError, KitError

INTERRUPTED = 130
TERMINATED = 143
_HOME_ZONE = ZoneInfo("Europe/Paris")


class Terminated(KeyboardInterrupt):
    """SIGTERM, where `tidy_on_sigterm` waits for it."""


@contextlib.contextmanager
def tidy_on_sigterm() -> Iterator[None]:
    """Inside, SIGTERM cleans up as Ctrl-C does. By default it ends a process where it stands.

    For commands that only make files: one that sends can be ended anywhere without harm.
    """

    def stop(_number: int, _frame: object) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: whoever owns it decides
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class Common:
    """The options of all commands, wherever on the line they were written."""

    campaign: Path
    out: Path | None
    today: date
    as_json: bool
    debug: bool
    quiet: bool

    def say(self, message: str) -> None:
        """A line for a person; silent with -q and with --json."""
        if not self.quiet and not self.as_json:
            click.echo(message)

    def out_folder(self, campaign_file: Path) -> Path:
        """`--out`, or `dist` beside the campaign file."""
        return self.out or campaign_file.parent / "dist"


def _date(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-11-25") from None


_OPTIONS = (
    click.option(
        "--campaign", type=click.Path(path_type=Path), help="Campaign folder or its campaign.yaml [.]"
    ),
    click.option(
        "--out", type=click.Path(path_type=Path, file_okay=False), help="Output folder [dist beside it]"
    ),
    click.option(
        "--today",
        callback=_date,
        metavar="YYYY-MM-DD",
        help="The day findings are judged on [today in Paris]",
    ),
    click.option("--json", "as_json", is_flag=True, default=None, help="One JSON object on standard output"),
    click.option("--debug", is_flag=True, default=None, help="Show the traceback of every error"),
    click.option("-q", "--quiet", is_flag=True, default=None, help="Only errors"),
)
_NAMES = ("campaign", "out", "today", "as_json", "debug", "quiet")


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options to a command or to the group; the command's own value wins."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def remember(context: click.Context, values: dict[str, Any]) -> None:
    """Keep what was given before the command's name."""
    context.obj = {name: values.get(name) for name in _NAMES}


def kit_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command of the kit: takes the common options as one value, and explains its errors.

    KitError prints what, where and how to put it right, and exits with its own status; anything else is
    our bug and keeps its traceback.
    """

    @functools.wraps(command)
    @click.pass_context
    def run(context: click.Context, /, **values: Any) -> None:
        earlier: dict[str, Any] = context.obj or {}
        merged = {name: values.pop(name, None) if values.get(name) is not None else None for name in _NAMES}
        for name in _NAMES:
            values.pop(name, None)
            if merged[name] is None:
                merged[name] = earlier.get(name)
        common = Common(
            campaign=merged["campaign"] or Path(),
            out=merged["out"],
            today=merged["today"] or datetime.now(_HOME_ZONE).date(),
            as_json=bool(merged["as_json"]),
            debug=bool(merged["debug"]),
            quiet=bool(merged["quiet"]),
        )
        try:
            command(common, **values)
        except KitError as error:
            if common.debug:
                raise
            _explain(error, common)
            context.exit(error.exit_status)
        except KeyboardInterrupt as error:
            click.echo("interrupted: finished files are kept, nothing half-written stays", err=True)
            context.exit(TERMINATED if isinstance(error, Terminated) else INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            context.exit(1)

    return common_options(run)


def _explain(error: KitError, common: Common) -> None:
    if common.as_json:
        mistakes = [vars(m) | {} for m in error.mistakes] if isinstance(error, InputError) else []
        click.echo(
            json.dumps({"error": str(error), "hint": error.hint, "mistakes": mistakes}, ensure_ascii=False)
        )
        return
    click.echo(str(error), err=True)
    if error.hint:
        click.echo(f"→ {error.hint}", err=True)
    if isinstance(error, InputError) and len(error.mistakes) > 1:
        click.echo(f"{len(error.mistakes)} mistakes; nothing was written", err=True)
