"""Follows a page of docs/how-to on a copy of the tree, as a contributor would, and counts the files it touches.

A page gives its changes as sentences that end in a colon, each followed by a fenced block:

    Write `PATH`:                                   the whole file
    Add to `PATH`, before `LINE`:                   the block, before the first line that holds LINE
    Add to `PATH`, after `LINE`:                    the block, after it
    Replace in `PATH`:                              the first line of the block by the others

or as `Copy `PATH` to `PATH`.`; and what is then to be seen as commands in `sh` blocks after "Try it". A page
whose line is gone fails.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "how-to"
CAMPAIGN = ("campaign.yaml", "schedule.yaml")
"""A campaign's own: a line there uses what was added, and is no part of adding it."""
_STEP = re.compile(
    r"^(?:\d+\. )?(?P<verb>Write|Add to|Replace in) `(?P<path>[^`]+)`"
    r"(?:, (?P<side>before|after) `(?P<anchor>[^`]+)`)?(?:[^\n]|\n(?!\n))*?:\n\n```\w*\n(?P<block>.*?)^```$"
    r"|^(?:\d+\. )?Copy `(?P<source>[^`]+)` to `(?P<copy>[^`]+)`",
    re.MULTILINE | re.DOTALL,
)
_VERB = re.compile(r"^(?:\d+\. )?(?:Write|Add to|Replace in|Copy) `", re.MULTILINE)
_TRY = re.compile(r"^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
_NOT_CHECKED_OUT = {".git", ".venv", ".kit", "dist", "build"}
_PROGRAMS = {
    "kit": ["-m", "kit"],
    "python": [],
    "make docs": ["-m", "tests.make_docs"],
}


@dataclass(frozen=True)
class Step:
    """One change: a whole file, a block beside or in place of a line, or a copy of the file `block`."""

    verb: str
    path: str
    side: str | None
    anchor: str | None
    block: str

    def take(self, tree: Path) -> None:
        path = tree / self.path
        if self.verb in ("Write", "Copy"):
            assert not path.exists(), f"{self.path} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            copied = self.verb == "Copy"
            path.write_text(
                (tree / self.block).read_text("utf-8") if copied else self.block, encoding="utf-8"
            )
            return
        text = path.read_text(encoding="utf-8")
        if self.verb == "Replace in":
            old, _, new = self.block.partition("\n")
            assert text.count(old) == 1, f"{self.path} holds {old!r} {text.count(old)} times"
            path.write_text(text.replace(old, new.removesuffix("\n")), encoding="utf-8")
            return
        assert self.anchor is not None, f"{self.path}: before or after which line?"
        lines = text.splitlines(keepends=True)
        at = next((n for n, line in enumerate(lines) if self.anchor in line), None)
        assert at is not None, f"{self.path} has no line with {self.anchor!r}"
        lines.insert(at + (self.side == "after"), self.block)
        path.write_text("".join(lines), encoding="utf-8")


def chapter_of(page: str, chapter: str | None = None) -> str:
    """The words of a page, or of one chapter of it (`## …`)."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return text if chapter is None else text.split(f"## {chapter}\n", 1)[1].split("\n## ", 1)[0]


def steps_of(page: str, chapter: str | None = None) -> list[Step]:
    """The changes that a page asks for. Fails for a sentence that begins like one and is none."""
    text = chapter_of(page, chapter)
    steps = [
        Step("Copy", m["copy"], None, None, m["source"])
        if m["copy"]
        else Step(m["verb"], m["path"], m["side"], m["anchor"], m["block"])
        for m in _STEP.finditer(text)
    ]
    assert len(steps) == len(_VERB.findall(text)), f"{page}: {len(steps)} steps of {_VERB.findall(text)}"
    return steps


def commands_of(page: str, chapter: str | None = None) -> list[str]:
    """The command lines under "Try it"."""
    blocks = _TRY.finditer(chapter_of(page, chapter))
    return [line for block in blocks for line in block["commands"].splitlines() if line.strip()]


def product_files(steps: Iterable[Step]) -> set[str]:
    """The files of the product that these steps touch."""
    return {step.path for step in steps} - {*CAMPAIGN}


def copy_tree(goal: Path) -> Path:
    """What a contributor has checked out, goldens aside: they belong to pictures that no page changes."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        here = _NOT_CHECKED_OUT if Path(folder) == ROOT else set()
        return {"golden", "__pycache__", *here} & set(names)

    return Path(shutil.copytree(ROOT, goal, ignore=left_out))


def run(tree: Path, line: str, code: int = 0) -> str:
    """A command line of a page, on the copied tree (`kit …`, `python …`, `make docs`): what it printed."""
    program = next(name for name in _PROGRAMS if line.split("#")[0].strip().startswith(name))
    arguments = [*_PROGRAMS[program], *shlex.split(line.removeprefix(program))]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
    )  # fmt: skip
    assert done.returncode == code, f"{line}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
