"""Every file of a campaign folder comes through one door: an ordinary file in the folder, of a size that can be read."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.build import Request, build
from kit.errors import InputError, WorkError
from kit.files import inside, refuse_links
from kit.load import load
from kit.render.clip.interpreter_video import footage_of
from kit.render.clip.voice import voice_of
from kit.render.pictogram import pictograms
from kit.render.post import template_name
from kit.resources import Resources
from tests.support.campaign import narrowed

KIT = Path(__file__).parent.parent / "kit"
HUGE = 500 << 30


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text("private")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "campaign"
    path.mkdir()
    return path


def leads_out(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def in_a_circle(path: Path, outside: Path) -> None:
    path.symlink_to(path.name)


def nowhere(path: Path, outside: Path) -> None:
    path.symlink_to("nowhere")


def a_pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def huge(path: Path, outside: Path) -> None:
    path.touch()
    os.truncate(path, HUGE)


BAD = (leads_out, in_a_circle, nowhere, a_pipe, huge)
READERS: dict[str, Callable[[Resources], object]] = {
    "logo.png": lambda r: r.picture("logo.png"),
    "templates/posts/x.txt.j2": lambda r: r.find("templates", template_name("x")),
    "templates/page/index.html.j2": lambda r: r.digest("templates", "page/*"),
    "templates/base/text.typ": lambda r: r.digest("templates", "base/*.typ"),
    "fonts/own.ttf": lambda r: r.font_folders(),
    "fonts/own.otf": lambda r: r.font_folders(),
    "assets/pictograms/phone-filled.svg": lambda r: pictograms({"phone"}, r),
    "assets/audio/fr.wav": lambda r: voice_of(r, "fr"),
    "assets/lsf/fr.mp4": lambda r: footage_of(r, "fr"),
}


@pytest.mark.parametrize("make", BAD)
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_link_out_a_circle_a_pipe_and_a_huge_file_are_mistakes_in_their_file(
    folder: Path, outside: Path, name: str, make: Callable[[Path, Path], None]
) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    make(folder / name, outside)
    with pytest.raises(InputError) as caught:
        READERS[name](Resources(folder))
    assert [mistake.file for mistake in caught.value.mistakes] == [name]
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    "name", ["campaign.yaml", "schedule.yaml", "templates/themes/nuit.yaml", "templates/clips/main.yaml"]
)
def test_a_yaml_file_that_leads_out_is_a_mistake_and_is_not_read(
    tmp_path: Path, outside: Path, name: str
) -> None:
    own = narrowed(tmp_path / "own")
    (own / name).unlink(missing_ok=True)
    (own / name).parent.mkdir(parents=True, exist_ok=True)
    (own / name).symlink_to(outside)
    with pytest.raises(InputError, match=f"{name}: leads out of the campaign folder") as caught:
        load(own)
    assert "private" not in str(caught.value)


@pytest.mark.parametrize("name", ["fonts", "fonts/deep", "templates", "templates/posts"])
def test_a_folder_that_leads_out_is_refused_with_what_is_in_it(
    folder: Path, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "posts").mkdir(parents=True)
    (elsewhere / "x.txt.j2").touch()
    (elsewhere / "posts" / "x.txt.j2").touch()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(elsewhere)
    resources = Resources(folder)
    with pytest.raises(InputError, match="leads out of the campaign folder"):
        READERS["fonts/own.ttf" if name.startswith("fonts") else "templates/posts/x.txt.j2"](resources)


def test_a_link_inside_the_folder_and_a_folder_that_is_a_link_are_read(tmp_path: Path, folder: Path) -> None:
    (folder / "logos").mkdir()
    (folder / "logos" / "a.png").write_text("x")
    (folder / "logo.png").symlink_to("logos/a.png")
    (tmp_path / "other-name").symlink_to(folder)
    assert Resources(tmp_path / "other-name").picture("logo.png").read_text() == "x"


def test_what_is_not_there_is_left_to_the_reader_to_miss(folder: Path) -> None:
    assert inside(folder, "none.png", 1) == folder / "none.png"


def test_nothing_reads_the_campaign_folder_around_the_door() -> None:
    """Only these modules may join a name to the campaign folder; each goes through `inside` or `leads_out`."""
    for path in KIT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                joined = ast.unparse(node.left)
                if joined.endswith(("campaign_folder", "loaded.folder", "find_campaign(campaign).parent")):
                    assert (path.relative_to(KIT).as_posix()) in {
                        "resources.py",  # the door itself
                        "load/__init__.py",  # every tree is read by `_read_inside`
                        "build/request.py",  # names, whose times are looked at
                        "publish/session.py",  # the folder of state, and the kit
                        "cli/options.py",
                    }, f"{path}:{node.lineno}: use Resources.find or Resources.picture"


def test_a_build_writes_through_no_link(tmp_path: Path) -> None:
    own, elsewhere = narrowed(tmp_path / "own"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".partial-x").touch()
    slug = load(own).campaign.slug
    (own / "dist" / slug).mkdir(parents=True)
    (own / "dist" / slug / "visual").symlink_to(elsewhere)
    with pytest.raises(WorkError, match="is a link to another place"):
        build(own, Request(own / "dist", load(own).campaign.day, workers=1))
    assert [path.name for path in elsewhere.iterdir()] == [".partial-x"]


def test_a_folder_without_links_or_none_at_all_is_written_in(tmp_path: Path) -> None:
    refuse_links(tmp_path / "none")
    (tmp_path / "a").mkdir()
    refuse_links(tmp_path)
