"""Ids, paths and roles are told by one module, and nobody else takes an id apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.load import load
from kit.model.ids import (
    ArtifactId,
    KitFile,
    archive_file,
    board_of_loop,
    loop_piece,
    page_file,
    page_path,
    plan_files,
    post_id,
    report_files,
    tool_of_loop,
)
from kit.plan import plan
from kit.tables.kit_files import Role, file_rows

KIT = Path(__file__).parents[2] / "kit"
OWNER = KIT / "model/ids.py"


@pytest.mark.parametrize(
    ("text", "path", "role", "original"),
    [
        ("visual/fr/story/overview", "visuals/fr/story/overview.png", Role.MASTER, None),
        ("visual/fr/story/overview.jpg", "visuals/fr/story/overview.jpg", Role.UPLOAD, "visual/fr/story/overview"),
        ("visual/fr/story/overview.webp", "visuals/fr/story/overview.webp", Role.THUMBNAIL, "visual/fr/story/overview"),
        ("print/fr/a4/overview", "print/fr/overview-a4.pdf", Role.MASTER, None),
        ("print/fr/a4/overview.screen", "print/fr/overview-a4.screen.pdf", Role.SCREEN, "print/fr/a4/overview"),
        ("print/fr/receipt/overview", "print/fr/overview-receipt.png", Role.MASTER, None),
        ("print/fr/receipt/overview.txt", "print/fr/overview-receipt.txt", Role.PLAIN_TEXT, "print/fr/receipt/overview"),
        ("clip/fr/story/main", "clips/fr/main-story.mp4", Role.MASTER, None),
        ("clip/fr/story/main.srt", "clips/fr/main-story.srt", Role.CAPTIONS, "clip/fr/story/main"),
        ("clip/fr/story/main.vtt", "clips/fr/main-story.vtt", Role.CAPTIONS, "clip/fr/story/main"),
        ("clip/fr/story/main.ebu", "clips/fr/main-story.ebu.mp4", Role.EBU, "clip/fr/story/main"),
        ("clip/fr/story/main.silent", "clips/fr/main-story.silent.mp4", Role.SILENT, "clip/fr/story/main"),
        ("clip/fr/story/main.txt", "clips/fr/main-story.txt", Role.TRANSCRIPT, "clip/fr/story/main"),
        ("clip/fr/story/main.ad", "clips/fr/main-story.ad.txt", Role.DESCRIPTION, "clip/fr/story/main"),
        ("clip/fr/story/main.jpg", "clips/fr/main-story.jpg", Role.POSTER, "clip/fr/story/main"),
        ("clip/fr/square/loop-17.gif", "clips/fr/loop-17-square.gif", Role.ANIMATION, "clip/fr/square/loop-17"),
        ("post/fr/x/tool-3919", "posts/fr/x/tool-3919.txt", Role.MASTER, None),
        ("post/fr/x/tool-3919.alt", "posts/fr/x/tool-3919.alt.txt", Role.ALT, "post/fr/x/tool-3919"),
        ("post/fr/x/overview.day.x-two", "posts/fr/x/overview.day.x-two.txt", Role.VARIANT, "post/fr/x/overview"),
        ("post/fr/x/overview.day.x-two.alt", "posts/fr/x/overview.day.x-two.alt.txt", Role.ALT, "post/fr/x/overview.day.x-two"),
    ],
)  # fmt: skip
def test_ids_paths_and_roles_are_those_of_the_contract(
    text: str, path: str, role: Role, original: str | None
) -> None:
    found = ArtifactId.parse(text)
    assert (str(found), found.path, found.role) == (text, path, role)
    assert (str(found.original) if found.original else None) == original
    assert found.is_variant == (".day." in text)


@given(st.data())
def test_every_id_that_is_made_reads_back_as_it_was(data: st.DataObject) -> None:
    name = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
    family = data.draw(st.sampled_from(("visual", "print", "clip", "post")))
    language, format_id, piece = data.draw(name), data.draw(name | st.just("receipt")), data.draw(name)
    suffix = data.draw(st.sampled_from([row.suffix for row in file_rows(family, format_id)]))  # type: ignore[arg-type]
    slot, account = data.draw(st.just(("", "")) | st.tuples(name, name)) if family == "post" else ("", "")
    made = ArtifactId(family, language, format_id, piece, suffix, slot, account)  # type: ignore[arg-type]
    assert ArtifactId.parse(str(made)) == made


@pytest.mark.parametrize(
    "text",
    [
        "", "page/fr/index", "report/report", "posts/plan.calendar", "bundle/fr/kit-fr", "visual/fr/story",
        "visual/fr/story/overview.gif", "visual/fr/story/overview.day.x-two", "clip/fr/story/main.jpg.jpg",
        "print/fr/a4/overview.txt", "print/fr/receipt/overview.screen", "post/fr/x/overview.day",
        "post/fr/x/overview.a.b.c.d", "post/fr/x/overview..x", "visual/fr/story/a/b", "film/fr/story/main",
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_piece_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no(t the id of a)? file of a piece"):
        ArtifactId.parse(text)


def test_the_planned_ids_are_told_apart_and_no_two_files_share_an_id_or_a_path(shipped: Path) -> None:
    loaded = load(shipped)
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards, loaded.schedule, extras=True).jobs
    for job in jobs:
        assert str(job.identity) == job.id
        assert (job.identity.language, job.identity.format, job.identity.piece) == (
            job.language, job.format, job.piece,
        )  # fmt: skip
    assert len({job.id for job in jobs}) == len({job.identity.path for job in jobs}) == len(jobs)


def test_the_id_of_a_file_of_the_whole_kit_is_its_path_without_the_extension() -> None:
    files = [page_file(page_path(), "fr"), page_file(page_path("ar"), "ar"), *report_files("fr")]
    assert [(each.id, each.path) for each in files] == [
        ("page/index", "index.html"), ("page/ar/index", "ar/index.html"),
        ("report/report", "report/report.json"), ("report/index", "report/index.html"),
    ]  # fmt: skip
    assert [(each.id, each.path) for each in plan_files("fr")] == [
        ("posts/plan", "posts/plan.json"), ("posts/plan.calendar", "posts/plan.ics"),
    ]  # fmt: skip
    draft = archive_file("kit-2026", "fr", draft=True)
    assert (draft.id, draft.path) == ("bundle/fr/kit-2026-fr-draft", "bundles/kit-2026-fr-draft.zip")
    assert archive_file("kit-2026", "fr", draft=False).path == "bundles/kit-2026-fr.zip"
    assert all(isinstance(each, KitFile) and PurePosixPath(each.path).suffix for each in files)


def test_a_loop_is_named_after_its_storyboard_and_its_tool() -> None:
    tools = ["17", "114", "web"]
    assert loop_piece("loop", "114") == "loop-114"
    assert tool_of_loop("loop-114", tools) == "114"
    assert board_of_loop("my-loop-114", "114") == "my-loop"
    assert tool_of_loop("main", tools) is None


# nobody else builds an id or takes one apart

ROOTS = re.compile(r"^(visuals?|print|clips?|posts?|bundles?|page|report)/")
CUTTERS = {
    "split", "rsplit", "partition", "rpartition", "removesuffix", "removeprefix", "startswith", "endswith", "count",
}  # fmt: skip
NO_IDS = {
    ("load/__init__.py", "clips/"),  # a storyboard
    ("page/__init__.py", "page/"),  # a template
    ("render/post.py", "posts/"),  # a template
    ("render/clip/motion.py", "layer.id"),
    ("posts/export/ics.py", "medium.path"),
}
"""By module: what looks like an id or its path and is none."""


_ID_OR_PATH = re.compile(
    r"(^|\.)id$|\b(job|artifact|post)_id$|\.id\.\w+\(.*\)(\[.*\])?$|\b(artifact|master|page|medium|a)\.path$"
)


def ids_in_hand(source: str) -> Iterator[str]:
    """What an f-string builds, or a call takes apart, that looks like an id or the path of an artifact."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield from built(node)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CUTTERS
        ):
            receiver = ast.unparse(node.func.value)
            if _ID_OR_PATH.search(receiver):
                yield receiver


def built(text: ast.JoinedStr) -> Iterator[str]:
    first = text.values[0] if len(text.values) > 1 else None
    if isinstance(first, ast.Constant) and (root := ROOTS.match(f"{first.value!s}")):
        yield root[0]
    for part, then in zip(text.values, text.values[1:], strict=False):
        if not (isinstance(part, ast.FormattedValue) and isinstance(then, ast.Constant)):
            continue
        begins = re.match(r"[./]\w", f"{then.value!s}x")
        if begins and re.search(
            r"(^|\.)(job|artifact|clip|found|post|visual|master)\.id$", ast.unparse(part.value)
        ):
            yield ast.unparse(part.value)


@pytest.mark.parametrize("path", sorted(KIT.rglob("*.py")), ids=lambda path: path.relative_to(KIT).as_posix())
def test_nobody_else_builds_an_id_or_takes_one_apart(path: Path) -> None:
    if path == OWNER:
        return
    name = path.relative_to(KIT).as_posix()
    found = {(name, what) for what in ids_in_hand(path.read_text(encoding="utf-8"))}
    assert found <= NO_IDS, "ask kit.model.ids"


@pytest.mark.parametrize(
    "source",
    [
        'f"visual/{language}/{name}/{piece}"', 'f"clips/{language}/x.mp4"', 'f"{job.id}.jpg"', 'f"{found.id}.{role}"',
        'artifact.id.endswith(".ebu")', 'a.id.rsplit("/", 1)', 'job.id.rpartition("/")', 'master.path.removesuffix("mp4")',
        'artifact_id.split(".")', 'artifact.id.split("/")[-1].count(".")', 'self.artifact.id.startswith("clip/")',
    ],
)  # fmt: skip
def test_the_referee_sees_an_id_that_is_built_or_taken_apart(source: str) -> None:
    assert list(ids_in_hand(source))


@pytest.mark.parametrize(
    "source", ['f"{job.id}: too long"', 'name.split(".")', 'f"lsf/{language}.mp4"', '"a.b".partition(".")']
)
def test_the_referee_leaves_other_text_alone(source: str) -> None:
    assert not list(ids_in_hand(source))


def test_a_posts_id_as_a_string_is_that_of_the_model() -> None:
    common = ArtifactId("post", "fr", "x", "tool-3919")
    assert post_id("fr", "x", "tool-3919") == str(common)
    assert post_id("fr", "x", "tool-3919", "day", "one") == str(common.variant("day", "one"))
