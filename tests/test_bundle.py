"""The archive of a language: every file under its own path, captions also under the name that Facebook takes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kit.bundle import write_archive
from kit.files.artifacts import write_artifact
from kit.load import load
from kit.model.ids import ArtifactId

ROOT = Path(__file__).parent.parent
CAPTIONS = ArtifactId("clip", "fr", "x", "main", "srt")


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("fr", "main-x.fr_FR.srt"),
        ("fr-falc", "main-x-fr-falc.fr_FR.srt"),
        ("en", "main-x.en_US.srt"),
        ("ar", "main-x.ar_AR.srt"),
        ("zh", "main-x.zh_CN.srt"),
    ],
)
def test_subrip_has_a_name_that_facebook_takes(language: str, name: str) -> None:
    assert ArtifactId("clip", language, "x", "main", "srt").captions_name == name


@pytest.mark.parametrize("suffix", ["", "vtt", "txt", "jpg"])
def test_no_other_file_of_a_clip_has_such_a_name(suffix: str) -> None:
    assert CAPTIONS.copy(suffix).captions_name is None


def test_an_archive_holds_captions_under_both_names_and_sums_of_both(tmp_path: Path) -> None:
    campaign = load(ROOT).campaign
    parts = [write_artifact(tmp_path, CAPTIONS.copy(kind), kind, digest="d") for kind in ("srt", "vtt")]
    made = write_archive(campaign, "fr", parts, tmp_path, None)
    with zipfile.ZipFile(tmp_path / made.path) as archive:
        names = ["clips/fr/main-x.fr_FR.srt", "clips/fr/main-x.srt", "clips/fr/main-x.vtt"]
        assert archive.namelist() == ["LISEZMOI.txt", "SHA256SUMS", *names]
        assert archive.read(names[0]) == archive.read(names[1]) == b"srt"
        sums = [line.split()[1] for line in archive.read("SHA256SUMS").decode().splitlines()]
    assert sums == names
    assert write_archive(campaign, "fr", parts, tmp_path, made) is made
