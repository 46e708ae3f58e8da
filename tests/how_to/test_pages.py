"""Every page of docs/how-to is followed on a copy of the tree: it works as it stands, and says all that it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kit.load import load
from kit.load.manifest import read_manifest
from kit.model.artifact import Artifact, Manifest
from tests.how_to.following import (
    CAMPAIGN,
    PAGES,
    ROOT,
    chapter_of,
    commands_of,
    copy_tree,
    product_files,
    run,
    steps_of,
)

QUICK = (
    "tests/tables tests/test_docs.py tests/text/test_dates.py tests/test_layers.py "
    "tests/plan/test_plan.py tests/check/test_runner.py"
)
"""What a contributor runs at once: documents, tables, plan, layers. Green, so that no file is missing on the page."""
SHAPES = (
    "tests/render/clip/test_clip_docs.py tests/render/clip/test_clip_shapes.py -k 'sides or interpreter_has'"
)
PUBLISHED = "tests/publish/test_validate.py tests/publish/test_login.py tests/publish/platforms/test_doors.py -k agora"
"""What every publisher is held to: its rules, its login, hostile answers, addresses."""


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@dataclass(frozen=True)
class Followed:
    """A page that was followed: the tree, and what its commands printed."""

    tree: Path
    said: str

    def manifest(self, out: str = "dist") -> Manifest:
        (found,) = (self.tree / out).glob("*/manifest.json")
        return read_manifest(found.parent, "look at it")

    def of(self, family: str, shape: str) -> list[Artifact]:
        """The files of one family and format (or platform) in the manifest of the shipped campaign."""
        identities = [(a, a.id.split("/")) for a in self.manifest().artifacts]
        return [a for a, parts in identities if parts[0] == family and shape in parts]


def follow(tree: Path, page: str, chapter: str | None = None, *, tests: tuple[str, ...] = ()) -> Followed:
    """The product's files, `make docs`, the project's own tests, then the campaign's lines and the commands."""
    copy_tree(tree)
    steps = steps_of(page, chapter)
    for step in steps:
        if step.path not in CAMPAIGN:
            step.take(tree)
    if tests:
        run(tree, "make docs")
    for names in tests:
        run(tree, f"python -m pytest -q {names}")
    for step in steps:
        if step.path in CAMPAIGN:
            step.take(tree)
    return Followed(tree, "\n".join(run(tree, line) for line in commands_of(page, chapter)))


@pytest.mark.parametrize(
    ("page", "chapter", "files"),
    [
        ("platform.md", "Text only", ["kit/tables/platforms.py", "templates/posts/forum.txt.j2"]),
        ("platform.md", "Published to", [
            "kit/publish/platforms/__init__.py", "kit/publish/platforms/agora.py", "kit/tables/platforms.py",
            "templates/posts/agora.txt.j2", "tests/publish/harness/fakes/agora.py",
            "tests/publish/platforms/test_agora.py",
        ]),
        ("language.md", None, ["kit/tables/languages.py", "languages/it.yaml"]),
        ("format.md", None, ["kit/tables/formats.py"]),
        ("clip-shape.md", None, ["kit/tables/clips.py"]),
        ("check.md", None, ["kit/check/__init__.py", "kit/check/capitals.py"]),
    ],
)  # fmt: skip
def test_these_files_and_no_others_are_touched(page: str, chapter: str | None, files: list[str]) -> None:
    assert sorted(product_files(steps_of(page, chapter))) == files


def test_a_country_touches_no_file_of_the_product() -> None:
    assert {path.split("/")[0] for path in product_files(steps_of("country.md"))} == {"exemplia"}


def test_every_page_has_something_to_try_and_is_named_where_people_look() -> None:
    for page in PAGES.glob("*.md"):
        assert commands_of(page.name), f"{page.name} has nothing to try"
        for document in ("README.md", "CONTRIBUTING.md"):
            assert f"docs/how-to/{page.name}" in (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_platform_that_texts_are_written_for(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "platform.md", "Text only", tests=(QUICK,))
    posts = [a for a in made.of("post", "forum") if a.of is None]
    assert len(posts) == 6 and all(a.platforms == ("forum",) and a.media for a in posts)
    assert made.manifest().failed == {}
    assert "| `forum` | 1000 |" in (made.tree / "docs" / "platforms.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_platform_that_is_published_to(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "platform.md", "Published to", tests=(QUICK, PUBLISHED))
    posts = [a for a in made.of("post", "agora") if a.of is None]
    assert len(posts) == 6 and not any(a.media for a in posts), "it takes text alone"
    assert made.manifest().failed == {}
    assert "agora-day" in made.said, "the schedule has its post"
    run(made.tree, "python -m pytest -q tests/publish/test_faults.py -k agora")


@pytest.mark.slow
def test_a_language(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "language.md", tests=(QUICK,))
    (headline,) = {text for a in made.of("visual", "it") for text in a.text if "Violenza" in text}
    assert plain(headline) == "Violenza contro le donne: 4 strumenti vitali"
    page = (made.tree / "dist").glob("*/it/index.html")
    assert '<html lang="it" dir="ltr">' in next(page).read_text(encoding="utf-8")
    assert made.manifest().failed == {}


@pytest.mark.slow
def test_a_screen_format(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "format.md", tests=(QUICK,))
    masters = [a for a in made.of("visual", "wall") if a.of is None]
    assert len(masters) == 6 and {(a.width, a.height) for a in masters} == {(2400, 1350)}
    assert made.manifest().failed == {}


@pytest.mark.slow
def test_a_clip_shape(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "clip-shape.md", tests=(QUICK, SHAPES))
    assert (made.tree / "kiosk.png").is_file()
    (clip,) = (a for a in made.of("clip", "kiosk") if a.kind == "clip")
    assert (clip.width, clip.height, clip.duration_s) == (1080, 1440, 25.0)
    assert made.manifest().failed == {}


@pytest.mark.slow
def test_a_check(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "check.md", tests=(QUICK,))
    assert "WARN word-in-capitals: 'ALERTEZ'" in made.said and "[post/fr/x/witness]" in made.said
    assert "`word-in-capitals`" in (made.tree / "docs" / "checks.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_campaign_of_another_country(tmp_path: Path) -> None:
    made = follow(tmp_path / "tree", "country.md")
    manifest = made.manifest("exemplia/dist")
    assert manifest.failed == {} and manifest.slug == "exemplia-2026"
    texts = {plain(text) for artifact in manifest.artifacts for text in artifact.text}
    assert {"1550", "999", "Help", "Emergency"} <= texts
    assert not any(re.search(r"(?<!\d)(3919|17|114)(?!\d)|gouv\.fr", text) for text in texts)
    schedule = load(made.tree / "exemplia").schedule
    assert schedule
    due = schedule.due(schedule.slots[0], schedule.accounts[0], date(2026, 11, 25))
    assert due == datetime(2026, 11, 24, 19, tzinfo=UTC), "a morning in Auckland"


def test_where_french_rules_stand_is_still_where_the_page_says() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|[^|]+\| (`[^|]+`) \|$", chapter_of("country.md"), re.MULTILINE)
    assert len(rows) == 11
    for files, wanted in rows:
        for file in re.findall(r"`([^`]+)`", files):
            assert wanted.strip("`") in (ROOT / file).read_text(encoding="utf-8"), f"{file}: {wanted}"
