"""What a FAIL keeps out is one rule: page, archive, queue and approvals refuse the very same files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.bundle import archive_members
from kit.load import Loaded
from kit.model.artifact import Artifact, Finding, Level, Manifest, Report
from kit.model.post import Post
from kit.model.withheld import withheld
from kit.page import render_pages
from kit.posts.post_queue import queue
from kit.publish.approvals import Approvals, approve, gate
from tests.support.campaign import copy_campaign
from tests.support.posts import make_kit

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PICTURE = "visual/fr/landscape/overview"
POST = "post/fr/x/overview"


@dataclass(frozen=True)
class Kit:
    """A kit that was built, its files in `folder`, and every post that its schedule makes of it."""

    loaded: Loaded
    manifest: Manifest
    folder: Path
    posts: tuple[Post, ...]

    def after(self, failed: Sequence[str]) -> Manifest:
        """The manifest with a FAIL on each of these."""
        findings = [{"level": "FAIL", "code": "x", "artifact": name, "message": name} for name in failed]
        return self.manifest.model_copy(update={"findings": tuple(findings)})


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    loaded, manifest, folder = make_kit(copy_campaign(tmp_path_factory.mktemp("kit")))
    uploads = [a for a in manifest.artifacts if a.kind == "visual"]
    masters = {a.id: a.id.removesuffix(".jpg") for a in uploads}
    artifacts = [
        *(a.model_copy(update={"of": masters.get(a.id, a.of)}) for a in manifest.artifacts),
        *(copy_as(a, masters[a.id], "png", None) for a in uploads),
        *(copy_as(a, f"{masters[a.id]}.webp", "webp", masters[a.id]) for a in uploads),
    ]
    manifest = manifest.model_copy(update={"artifacts": tuple(artifacts)})
    assert loaded.schedule
    return Kit(loaded, manifest, folder, queue(manifest, loaded.schedule, loaded.campaign).posts)


def copy_as(upload: Artifact, name: str, ending: str, of: str | None) -> Artifact:
    path = f"{upload.path.removesuffix('jpg')}{ending}"
    return upload.model_copy(
        update={"id": name, "of": of, "path": path, "media_type": f"image/{ending}", "platforms": ()}
    )


def kept_from_page(kit: Kit, failed: Sequence[str]) -> set[str]:
    findings = tuple(Finding(level=Level.FAIL, code="x", artifact=name, message=name) for name in failed)
    loaded, french = kit.loaded, kit.loaded.campaign.model_copy(update={"languages": ("fr",)})
    page = render_pages(
        french, loaded.theme, kit.manifest.artifacts, Report(findings=findings), {}, {}, loaded.resources
    )[0]  # fmt: skip
    sums = page.html.split('class="sums"')[1].split("</pre>")[0]
    listed = {line.rpartition("  ")[2] for line in sums.splitlines()}
    return {a.id for a in kit.manifest.artifacts if a.path not in listed}


def kept_from_archive(kit: Kit, failed: Sequence[str]) -> set[str]:
    kept = {a.id for a in archive_members(kit.manifest.artifacts, "fr", failed)}
    return {a.id for a in kit.manifest.artifacts} - kept


def kept_from_queue(kit: Kit, failed: Sequence[str]) -> set[str]:
    assert kit.loaded.schedule
    found = queue(kit.after(failed), kit.loaded.schedule, kit.loaded.campaign)
    assert {each.code for each in found.blocked} <= {"artifact-failed"}
    return {str(each.key) for each in found.blocked}


def refused_before_sending(kit: Kit, failed: Sequence[str]) -> set[str]:
    yes = approve(Approvals(), kit.posts, "A. Martin", NOW)
    may_go = gate(yes, kit.after(failed), kit.loaded.campaign, kit.folder, date(2026, 11, 25), lambda _: "")
    return {str(post.key) for post in kit.posts if "finding" in {fault.code for fault in may_go(post)}}


def showing(kit: Kit, ids: set[str]) -> set[str]:
    """The posts that show one of these."""
    return {
        str(post.key) for post in kit.posts if ids & {post.artifact, *(file.artifact for file in post.media)}
    }


def agree(kit: Kit, failed: Sequence[str]) -> None:
    refused = set(withheld(kit.manifest.artifacts, failed))
    own_words = {a.id for a in kit.manifest.artifacts} - kept_ids(kit)
    assert kept_from_page(kit, failed) == refused
    assert kept_from_archive(kit, failed) == refused | own_words
    assert kept_from_queue(kit, failed) == showing(kit, refused)
    assert refused_before_sending(kit, failed) == showing(kit, refused)


def kept_ids(kit: Kit) -> set[str]:
    """What the archive holds when nothing failed."""
    return {a.id for a in archive_members(kit.manifest.artifacts, "fr", ())}


@settings(max_examples=20)
@given(data=st.data())
def test_page_archive_queue_and_approvals_refuse_the_same(kit: Kit, data: st.DataObject) -> None:
    ids = sorted(a.id for a in kit.manifest.artifacts)
    agree(kit, sorted(data.draw(st.sets(st.sampled_from(ids), max_size=6))))


def test_a_master_that_failed_takes_its_copies_and_what_quotes_one_of_them_along(kit: Kit) -> None:
    refused = withheld(kit.manifest.artifacts, [PICTURE])
    assert {PICTURE, f"{PICTURE}.jpg", f"{PICTURE}.webp", POST, f"{POST}.alt"} <= set(refused)
    assert set(refused.values()) == {frozenset({PICTURE})}
    assert POST not in {a.id for a in archive_members(kit.manifest.artifacts, "fr", [PICTURE])}
    agree(kit, [PICTURE])


def test_a_copy_that_failed_leaves_its_master_and_the_other_copies(kit: Kit) -> None:
    refused = set(withheld(kit.manifest.artifacts, [f"{PICTURE}.webp"]))
    assert refused == {f"{PICTURE}.webp"}


def test_where_nothing_failed_nothing_is_withheld(kit: Kit) -> None:
    assert withheld(kit.manifest.artifacts, ()) == {}


def test_every_cause_of_a_withheld_post_is_told(kit: Kit) -> None:
    assert withheld(kit.manifest.artifacts, [PICTURE, POST])[POST] == {PICTURE, POST}


def test_a_circle_of_references_comes_to_an_end(kit: Kit) -> None:
    one, other = kit.manifest.artifacts[:2]
    circle = [
        one.model_copy(update={"of": other.id, "media": ()}),
        other.model_copy(update={"of": one.id, "media": ()}),
    ]
    assert set(withheld(circle, [one.id])) == {one.id, other.id}
