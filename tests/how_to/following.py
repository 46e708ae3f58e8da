"""Follows a page of docs/how-to on a copy of the tree, as a contributor would, and counts the files it touches.

A page gives its changes as sentences that end in a colon, each followed by a fenced block:

    Write `PATH`:                                   the whole file
    Add to `PATH`, before `LINE`:                   the block, before the first line that holds LINE
    Add to `PATH`, after `LINE`:                    the block, after it
    Replace in `PATH`:                              the first line of the block by the others

and what is then to be seen as commands in `sh` blocks after "Try it". A page whose line is gone fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "how-to"
_STEP = re.compile(
    r"^(?:\d+\. |- )?(?P<verb>Write|Add to|Replace in) `(?P<path>[^`]+)`"
    r"(?:, (?P<side>before|after) `(?P<anchor>[^`]+)`)?[^\n]*:\n\n```\w*\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_TRY = re.compile(r"^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
_COPIED = ("kit", "templates", "fonts", "assets", "languages", "docs", "campaign.yaml", "schedule.yaml")


@dataclass(frozen=True)
class Step:
    """One change: a whole file, or a block beside or in place of a line."""

    verb: str
    path: str
    side: str | None
    anchor: str | None
    block: str

    def take(self, tree: Path) -> None:
        path = tree / self.path
        if self.verb == "Write":
            assert not path.exists(), f"{self.path} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.block, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if self.verb == "Replace in":
            old, _, new = self.block.partition("\n")
            assert text.count(old) == 1, f"{self.path} holds {old!r} {text.count(old)} times"
            path.write_text(text.replace(old, new.removesuffix("\n")), encoding="utf-8")
            return
        assert self.anchor is not None
        lines = text.splitlines(keepends=True)
        at = next((n for n, line in enumerate(lines) if self.anchor in line), None)
        assert at is not None, f"{self.path} has no line with {self.anchor!r}"
        lines.insert(at + (self.side == "after"), self.block)
        path.write_text("".join(lines), encoding="utf-8")


def steps_of(page: str, chapter: str | None = None) -> list[Step]:
    """The changes that a page asks for; of one chapter (`## …`) where it has several."""
    text = (PAGES / page).read_text(encoding="utf-8")
    if chapter is not None:
        text = text.split(f"## {chapter}\n", 1)[1].split("\n## ", 1)[0]
    return [Step(m["verb"], m["path"], m["side"], m["anchor"], m["block"]) for m in _STEP.finditer(text)]


def commands_of(page: str, chapter: str | None = None) -> list[str]:
    """The command lines under "Try it"."""
    text = (PAGES / page).read_text(encoding="utf-8")
    if chapter is not None:
        text = text.split(f"## {chapter}\n", 1)[1].split("\n## ", 1)[0]
    return [line for block in _TRY.finditer(text) for line in block["commands"].splitlines() if line.strip()]


def copy_tree(goal: Path) -> Path:
    """What a contributor has checked out, as far as a build reads it."""
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, goal / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, goal / name)
    return goal


def run(tree: Path, *arguments: str, code: int = 0) -> str:
    """A program of the copied tree: `kit …` or `python …`; what it printed."""
    command = [sys.executable, "-m", "kit"] if arguments[0] == "kit" else [sys.executable]
    done = subprocess.run(
        [*command, *arguments[1:]], cwd=tree, capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
