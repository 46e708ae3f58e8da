"""Logos and photos: found under either spelling of an accent, and missed by `kit validate`."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kit.load import load
from tests.load.yaml_edit import change, only
from tests.support.campaign import copy_campaign

NFC = unicodedata.normalize("NFC", "été/logo-été.svg")
NFD = unicodedata.normalize("NFD", NFC)


def with_logo(folder: Path, name: str) -> Path:
    copy_campaign(folder)
    change(folder, "emitter: null", f'emitter: {{name: "Exemple", logo: "{name}"}}')
    return folder


def file(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("<svg/>")


@pytest.mark.parametrize(("typed", "there"), [(NFC, NFD), (NFD, NFC), (NFC, NFC), (NFD, NFD)])
def test_a_file_is_found_however_its_accents_are_written(tmp_path: Path, typed: str, there: str) -> None:
    file(with_logo(tmp_path, typed), there)
    emitter = load(tmp_path).campaign.emitter
    assert emitter is not None and emitter.logo is not None and (tmp_path / emitter.logo).is_file()


def test_a_language_file_is_found_however_its_accents_are_written(tmp_path: Path) -> None:
    copy_campaign(tmp_path)
    there, typed = (unicodedata.normalize(form, "languages/español.yaml") for form in ("NFD", "NFC"))
    (tmp_path / "languages/es.yaml").rename(tmp_path / there)
    change(tmp_path, "languages/es.yaml", typed)
    assert "es" in load(tmp_path).campaign.texts


def test_a_logo_that_is_not_there_is_a_mistake_of_the_campaign(tmp_path: Path) -> None:
    with_logo(tmp_path, "logo.svg")
    assert "'logo.svg' does not exist in the campaign folder; check the name, or add the file" in only(
        tmp_path
    )


def test_a_name_that_differs_in_capitals_only_is_told(tmp_path: Path) -> None:
    file(with_logo(tmp_path, "bilder/logo.svg"), "Bilder/Logo.SVG")
    if not (tmp_path / "bilder/logo.svg").exists():  # this disk tells capitals apart
        assert "there is 'Bilder/Logo.SVG'" in only(tmp_path)


def test_a_photo_that_is_not_there_is_a_mistake_at_its_place(tmp_path: Path) -> None:
    copy_campaign(tmp_path)
    change(tmp_path, "layout: witness", "layout: witness, photo: {file: photo.jpg}")
    said = only(tmp_path)
    assert "photo.file" in said and "'photo.jpg' does not exist" in said
