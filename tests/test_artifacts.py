"""The one writer of artifacts: a whole file or none, described as it lies there."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest

from kit.errors import WorkError
from kit.files import sha256_of
from kit.files.artifacts import adopt_artifact, write_artifact
from kit.model.artifact import Artifact, Box
from kit.model.ids import ArtifactId, report_files

KIT = Path(__file__).parent.parent / "kit"
POST = ArtifactId("post", "ar", "x", "overview")


def test_a_file_is_described_as_it_lies_there(tmp_path: Path) -> None:
    made = write_artifact(tmp_path, POST.copy("alt"), "é\n", facts=("17.number",), digest="d")
    file = tmp_path / "posts/ar/x/overview.alt.txt"
    assert file.read_bytes() == "é\n".encode()
    assert (made.path, made.bytes, made.sha256) == ("posts/ar/x/overview.alt.txt", 3, sha256_of(file))
    assert (made.id, made.of, made.kind) == ("post/ar/x/overview.alt", "post/ar/x/overview", "data")
    assert (made.piece, made.format, made.language, made.direction) == ("overview", "x", "ar", "rtl")
    assert (made.facts, made.digest) == (("17.number",), "d")


def test_a_file_that_another_program_wrote_is_adopted_with_its_bytes(tmp_path: Path) -> None:
    written = write_artifact(tmp_path, POST, b"words", digest="d")
    assert adopt_artifact(tmp_path, POST, digest="d") == written


def test_the_content_is_the_digest_where_nothing_else_went_in(tmp_path: Path) -> None:
    made = write_artifact(tmp_path, report_files("fr")[0], "{}")
    assert made.digest == made.sha256 == hashlib.sha256(b"{}").hexdigest()
    assert made.piece is made.format is made.of is None


def test_an_equal_file_is_left_alone_and_another_one_replaced(tmp_path: Path) -> None:
    write_artifact(tmp_path, POST, "one")
    file = tmp_path / POST.path
    before = file.stat()
    write_artifact(tmp_path, POST, "one")
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_artifact(tmp_path, POST, "two").sha256 == sha256_of(file)
    assert file.read_text() == "two"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "posts").write_text("a file where a folder should be")
    with pytest.raises(WorkError, match="cannot be written"):
        write_artifact(tmp_path, POST, "one")
    assert [path.name for path in tmp_path.iterdir()] == ["posts"]


@pytest.mark.parametrize(
    ("identity", "unit"),
    [
        (ArtifactId("print", "fr", "a4", "overview"), "mm"), (ArtifactId("print", "fr", "receipt", "overview"), "px"),
        (ArtifactId("visual", "fr", "story", "overview"), "px"), (ArtifactId("clip", "fr", "story", "main"), "px"),
    ],
)  # fmt: skip
def test_a_box_is_in_the_unit_of_its_artifact_and_keeps_the_key_of_the_manifest(
    tmp_path: Path, identity: ArtifactId, unit: str
) -> None:
    box = Box(role="body", text="mot", x=1, y=2, w=3, h=4, size=5)
    made = write_artifact(tmp_path, identity, b"", boxes=(box,))
    assert made.unit == unit
    (entry,) = made.entry()["boxes"]
    assert entry == {"role": "body", "text": "mot", "x": 1, "y": 2, "w": 3, "h": 4, "size_px": 5}
    assert Artifact.model_validate(made.entry()) == made


def makes_artifacts(source: str) -> bool:
    """Whether a source builds an `Artifact` by itself; reading one back from JSON is another thing."""
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) in ("Artifact", "Artifact.model_construct")
        for node in ast.walk(ast.parse(source))
    )


def test_nobody_else_makes_an_artifact() -> None:
    makers = {path.name for path in KIT.rglob("*.py") if makes_artifacts(path.read_text(encoding="utf-8"))}
    assert makers == set()
    assert makes_artifacts("x = Artifact(id='a')")
