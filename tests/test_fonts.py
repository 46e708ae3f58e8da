"""The shipped fonts: each family and weight the typesetter is asked for, each letter the languages need."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pytest
import typst
from fontTools.ttLib import TTFont

from fonts.subset import FAMILIES, gb2312, main, sums
from kit.resources import DEFAULTS

FONTS = DEFAULTS / "fonts"

WEIGHTS = {
    "Atkinson Hyperlegible Next": [400, 700, 800],
    "Bricolage Grotesque": [800],
    "Noto Sans": [400, 700, 800],
    "Noto Sans Arabic": [400, 700, 800],
    "Noto Sans SC": [400, 700, 800],
}

UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
FRENCH_TO_TURKISH = "ğışİĞŞçÇñÑãÃõÕœŒ€àâéèêëîïôùûüÿáíóúöÀÉÈÊÔÚÖÜ¿¡«»’“”…–—·"


@cache
def listed() -> list[tuple[str, int, Path]]:
    """Family, weight and file of each font as the typesetter sees it."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return [(font.family, font.weight, Path(font.path)) for font in found.fonts() if font.path]


@cache
def characters(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def missing(family: str, wanted: str) -> dict[int, str]:
    """What each weight of a family lacks; empty when it lacks nothing."""
    lacks = {
        weight: "".join(sorted(set(wanted) - characters(path)))
        for name, weight, path in listed()
        if name == family
    }
    assert sorted(lacks) == WEIGHTS[family]
    return {weight: chars for weight, chars in lacks.items() if chars}


def files() -> list[Path]:
    return sorted(FONTS.rglob("*.ttf"))


def layout(path: Path) -> set[str]:
    with TTFont(path, lazy=True) as font:
        return {
            record.FeatureTag
            for tag in ("GSUB", "GPOS")
            for record in font[tag].table.FeatureList.FeatureRecord
        }


def test_the_typesetter_lists_each_family_at_each_weight_once_and_no_other() -> None:
    expected = [(family, weight) for family, weights in WEIGHTS.items() for weight in weights]
    assert sorted((family, weight) for family, weight, _ in listed()) == expected
    assert {path.resolve() for _, _, path in listed()} == {path.resolve() for path in files()}


def test_the_checksums_cover_each_font_file_and_no_more() -> None:
    text = (FONTS / "SHA256SUMS").read_text()
    assert text == sums(FONTS)
    lines = {name: digest for digest, name in (line.split("  ") for line in text.splitlines())}
    assert lines == {
        path.relative_to(FONTS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files()
    }


def test_a_licence_stands_beside_each_family_and_names_its_copyright() -> None:
    folders = {path.parent for path in files()}
    assert len(folders) == len(WEIGHTS)
    for folder in folders:
        text = (folder / "OFL.txt").read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text
        for path in folder.glob("*.ttf"):
            with TTFont(path, lazy=True) as font:
                holder = font["name"].getDebugName(0).split(" (http")[0]
            assert holder in text


def test_no_subset_bears_a_reserved_name() -> None:
    for family in FAMILIES:
        assert "Source" not in family.name
        head = (FONTS / family.folder / "OFL.txt").read_text(encoding="utf-8").split("-----")[0]
        assert "Reserved Font Name 'Source'" in head or "Reserved" not in head


def test_the_fonts_folder_stays_below_25_megabytes() -> None:
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) < 25_000_000


def test_noto_sans_has_the_whole_ukrainian_alphabet_and_its_apostrophes() -> None:
    assert len(UKRAINIAN) == 33
    assert missing("Noto Sans", UKRAINIAN + UKRAINIAN.upper() + "’ʼ\u0301«»—№₴0123456789") == {}


def test_noto_sans_arabic_has_letters_marks_and_punctuation() -> None:
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    hamza, others = "ءأإآؤئٱ", "ةىـلاًٌٍَُِّْ"
    assert len(letters) == 28
    assert missing("Noto Sans Arabic", letters + hamza + others + "،؟؛٪٠١٢٣٤٥٦٧٨٩") == {}


def test_noto_sans_arabic_has_the_persian_and_urdu_letters() -> None:
    assert missing("Noto Sans Arabic", "پچژگکیۀ۰۱۲۳۴۵۶۷۸۹ٹڈڑںھہۂۓے۔") == {}


def test_noto_sans_arabic_sets_the_numbers_without_another_font() -> None:
    assert missing("Noto Sans Arabic", "0123456789 .:!()/+-«»") == {}


def test_noto_sans_arabic_keeps_what_joins_letters_and_places_marks() -> None:
    needed = {"init", "medi", "fina", "rlig", "ccmp", "mark", "mkmk"}
    assert all(needed <= layout(path) for family, _, path in listed() if family == "Noto Sans Arabic")


def test_noto_sans_sc_has_each_common_character_of_gb_2312() -> None:
    common = "".join(map(chr, gb2312(range(16, 56))))
    assert len(common) == 3755
    assert missing("Noto Sans SC", common) == {}


def test_noto_sans_sc_has_chinese_punctuation_ascii_and_full_width_forms() -> None:
    wide = "".join(map(chr, range(0xFF01, 0xFF5F)))
    ascii_ = "".join(map(chr, range(0x20, 0x7F)))
    assert missing("Noto Sans SC", "。，、：；？！“”‘’（）《》·…—　" + wide + ascii_) == {}


def test_noto_sans_sc_can_name_the_offences_whose_characters_are_rare() -> None:
    assert missing("Noto Sans SC", "猥亵嫖娼瘀伤羞辱窥") == {}


@pytest.mark.parametrize("family", ["Bricolage Grotesque", "Atkinson Hyperlegible Next", "Noto Sans"])
def test_the_latin_families_have_the_letters_of_french_spanish_portuguese_and_turkish(family: str) -> None:
    assert missing(family, FRENCH_TO_TURKISH) == {}


def test_remaking_without_the_packs_is_refused_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sums(FONTS)
    assert main([]) == main([str(tmp_path)]) == main(["a", "b"]) == 2
    assert "noto-sans-sc-5.3.0" in capsys.readouterr().out
    assert sums(FONTS) == before
