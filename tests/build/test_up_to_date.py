"""The snapshot on a build: nothing is read twice while nothing has changed, and any change breaks it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kit.build import build as build_kit
from kit.build.request import Progress, Request, Summary
from kit.cli import main
from kit.load import Loaded, load
from tests.support.campaign import SHIPPED, narrowed

QUIET_S = 0.06
"""Longer than what a file's clock may stand behind: files as old as this are recorded."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return narrowed(tmp_path_factory.mktemp("snapshot"))


def build(folder: Path, *options: str) -> Result:
    result = CliRunner().invoke(main, ["build", "--campaign", str(folder), "--today", "2026-11-25", *options])
    assert result.exit_code == 0, result.output
    return result


def recorded(folder: Path) -> Result:
    """A build whose snapshot holds."""
    build(folder)
    deadline = time.monotonic() + QUIET_S
    while time.monotonic() < deadline:
        os.sched_yield()
    return build(folder)


def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each time that a build reads the campaign."""
    seen: list[str] = []

    def noted(path: Path) -> Loaded:
        seen.append("read")
        return load(path)

    monkeypatch.setattr("kit.build.load", noted)
    return seen


def test_nothing_is_read_again_while_nothing_has_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recorded(folder)
    seen = looks(monkeypatch)
    again = build(folder)
    assert seen == []
    assert again.output.rsplit(", ", 1)[0] == before.output.rsplit(", ", 1)[0]
    assert "0 made" in again.output


def a_word(folder: Path) -> None:
    path = folder / "campaign.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# a word\n", encoding="utf-8")


def times_set_back(folder: Path) -> None:
    path = folder / "languages" / "en.yaml"
    path = path if path.exists() else folder / "campaign.yaml"
    status = path.stat()
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def a_template_of_its_own(folder: Path) -> None:
    shipped = Path(__file__).parents[2] / "templates" / "posts" / "x.txt.j2"
    own = folder / "templates" / "posts" / "x.txt.j2"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(shipped.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def a_damaged_file(folder: Path) -> None:
    picture = next((folder / "dist").glob("*/visuals/**/*.png"))
    picture.write_bytes(picture.read_bytes()[:-1] + b"\0")


def a_lost_file(folder: Path) -> None:
    next((folder / "dist").glob("*/visuals/**/*.jpg")).unlink()


def a_stranger(folder: Path) -> None:
    (next((folder / "dist").glob("*/index.html")).parent / "stranger.txt").write_text("not ours")


@pytest.mark.parametrize(
    "change",
    [a_word, times_set_back, a_template_of_its_own, a_damaged_file, a_lost_file, a_stranger],
    ids=lambda change: change.__name__,
)
def test_any_change_breaks_it(
    folder: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(folder)
    change(folder)
    seen = looks(monkeypatch)
    build(folder)
    assert seen == ["read"]


@pytest.mark.parametrize(
    "options", [("--today", "2026-11-26"), ("--extras",), ("--lang", "fr")], ids=lambda o: o[0]
)
def test_another_wish_is_another_build(
    folder: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(folder)
    seen = looks(monkeypatch)
    build(folder, *options)
    assert seen == ["read"]


def test_what_changes_during_a_build_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kit.cli import build as module

    recorded(folder)
    a_word(folder)

    def while_somebody_writes(campaign: Path, request: Request, progress: Progress) -> Summary:
        done = build_kit(campaign, request, progress)
        a_word(folder)
        return done

    monkeypatch.setattr(module, "build", while_somebody_writes)
    build(folder)
    monkeypatch.setattr(module, "build", build_kit)
    seen = looks(monkeypatch)
    build(folder)
    assert seen == ["read"]


@pytest.mark.parametrize("where", [".", "/nonexistent", ".."])
def test_a_link_in_a_circle_or_to_nothing_neither_ends_a_build_nor_is_walked(
    tmp_path: Path, where: str
) -> None:
    own = narrowed(tmp_path / "own")
    (own / "assets").mkdir()
    (own / "assets" / "link").symlink_to(where)
    recorded(own)
    assert "0 made" in build(own).output


def test_a_file_that_a_link_leads_to_counts_as_its_own(folder: Path, tmp_path: Path) -> None:
    own = narrowed(tmp_path / "own")
    target = own / "x.txt.j2"
    target.write_bytes((SHIPPED / "templates" / "posts" / "x.txt.j2").read_bytes())
    (own / "templates" / "posts").mkdir(parents=True)
    (own / "templates" / "posts" / "x.txt.j2").symlink_to(target)
    recorded(own)
    target.write_text(target.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "0 made" not in build(own).output


def test_a_file_where_a_folder_is_looked_for_ends_no_build(tmp_path: Path) -> None:
    own = narrowed(tmp_path / "own")
    (own / "templates").write_text("x")
    build(own)
