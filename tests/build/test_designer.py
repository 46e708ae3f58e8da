"""What docs/design.md promises a designer: a theme and a piece by YAML alone; and what does not fit is told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from kit.build import Built, Request, build_loaded
from kit.errors import InputError
from kit.load import load
from tests.support.campaign import SHIPPED, narrowed

THEME = """\
theme: 1
name: aube
palette:
  ink: "#08303A"
  paper: "#FFF4EA"
  accent: "#F2B441"
  accent_text: "#F2B441"
  field: "#F2B441"
  field_ink: "#08303A"
  quiet: "#2B5560"
inks:
  ink: {c: 90, m: 55, y: 45, k: 60}
  paper: {c: 0, m: 4, y: 8, k: 0}
  accent: {c: 0, m: 32, y: 80, k: 0}
  accent_text: {c: 0, m: 32, y: 80, k: 0}
  field: {c: 0, m: 32, y: 80, k: 0}
  field_ink: {c: 0, m: 0, y: 0, k: 100}
  quiet: {c: 70, m: 40, y: 35, k: 30}
fonts:
  display: {family: Bricolage Grotesque, weight: 800}
  text: {family: Atkinson Hyperlegible Next, weight: 400, bold: 700}
  address: {family: Atkinson Hyperlegible Next, weight: 800}
"""
PIECE = """  - {id: neighbours, layout: witness, tools: ["17", "3919"], lit: 18, formats: [square, story]}
"""
WORDS = """      neighbours:
        headline: Des cris chez les voisins
        alt: "Des cris chez les voisins : {17} en cas de danger. Pour un conseil : {3919}."
"""


def built(folder: Path) -> Built:
    return build_loaded(load(folder), Request(out=folder / "dist", today=date(2026, 11, 25)))


def edit(folder: Path, pattern: str, new: str) -> None:
    path = folder / "campaign.yaml"
    text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1, flags=re.M)
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


def test_a_theme_is_one_file_of_yaml(tmp_path: Path) -> None:
    folder = narrowed(tmp_path, formats=["square", "link"], prints=["a5", "card"])
    (folder / "templates" / "themes").mkdir(parents=True)
    (folder / "templates" / "themes" / "aube.yaml").write_text(THEME, encoding="utf-8")
    edit(folder, r"^  theme: nuit", "  theme: aube")
    kit = built(folder)
    assert not kit.report.has_failures, kit.report.findings
    with Image.open(kit.folder / "visuals/fr/square/tool-3919.png") as image:
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20) or []}
        assert (0x08, 0x30, 0x3A) in colours and (0xF2, 0xB4, 0x41) in colours
        assert (0x16, 0x0A, 0x26) not in colours and (0xF5, 0x82, 0x20) not in colours


def test_a_theme_that_cannot_be_read_is_stopped_by_the_pixels(tmp_path: Path) -> None:
    folder = narrowed(tmp_path, formats=["square"])
    (folder / "templates" / "themes").mkdir(parents=True)
    faint = THEME.replace('paper: "#FFF4EA"', 'paper: "#5E7F88"')
    (folder / "templates" / "themes" / "aube.yaml").write_text(faint, encoding="utf-8")
    edit(folder, r"^  theme: nuit", "  theme: aube")
    kit = built(folder)
    assert "contrast-too-low" in {f.code for f in kit.report.findings}
    assert "visual/fr/square/tool-3919" in kit.report.failed


def test_a_piece_is_a_line_and_its_words(tmp_path: Path) -> None:
    folder = narrowed(tmp_path, formats=["square", "story", "landscape"], prints=["a5"])
    edit(folder, r"^(  - \{id: witness.*\n)", rf"\1{PIECE}")
    edit(
        folder, r"^(?:  [a-z-]+: languages/.*\n)+", ""
    )  # French alone: a piece needs its words in every language
    edit(folder, r"^      witness:\n(?=        headline)", f"{WORDS}      witness:\n")
    edit(
        folder,
        r"^  platforms: \[x\]",
        "  platforms: [x]\n  pieces: [overview, tool-3919, tool-web, tool-17, tool-114, witness]",
    )
    kit = built(folder)
    assert not kit.report.has_failures, kit.report.findings
    made = {a.id: a for a in kit.manifest.artifacts}
    assert {"visual/fr/square/neighbours", "visual/fr/story/neighbours.jpg"} <= set(made)
    assert "visual/fr/landscape/neighbours" not in made, "only the formats that it names"
    one = made["visual/fr/square/neighbours"]
    assert set(one.facts) == {"17.number", "3919.number"}
    assert "Des cris chez les voisins" in one.text and "17" in one.text
    assert "Des cris chez les voisins" in (kit.folder / "fr/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("pattern", "new", "told"),
    [
        (
            r"headline: Police et gendarmerie",
            "headline: " + "Gendarmerienationaleetpolicemunicipaleetc" * 2,
            r"tool-17 in fr, story: the headline 'Gendarmerie.*' does not fit: \d+ px too wide at its smallest size, \d+ px",
        ),
        (
            r"^        body: Pour les victimes, les témoins et les professionnels\.",
            "        body: " + "Pour les victimes, les témoins et les professionnels. " * 5,
            r"tool-web in fr, link: the \w+ '.*' does not fit: \d+ px too tall at its smallest size, \d+ px",
        ),
        (
            r"^emitter: null.*$",
            "emitter:\n  name: " + "Direction départementale de la cohésion sociale et de la protection des populations " * 2
            + "\n  printer: Imprimerie Exemple",
            r"(overview|tool-\w+|witness) in fr, story: the logo 'Direction.*' does not fit: \d+ px too wide",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_piece_language_format_string_and_pixels(
    tmp_path: Path, pattern: str, new: str, told: str
) -> None:
    folder = narrowed(tmp_path, formats=["story", "link"])
    edit(folder, pattern, new)
    with pytest.raises(InputError) as caught:
        built(folder)
    assert re.search(told, str(caught.value)), str(caught.value)[:1500]
    assert "shorten" in caught.value.hint
    assert not (folder / "dist" / "nerienlaisserpasser-2026" / "manifest.json").exists()


def test_the_guide_names_every_part_of_a_theme_and_every_layout() -> None:
    guide = (SHIPPED / "docs" / "design.md").read_text(encoding="utf-8")
    for word in (
        "ink",
        "paper",
        "accent",
        "accent_text",
        "field",
        "field_ink",
        "quiet",
        "inks",
        "address",
        "scripts",
    ):
        assert f"`{word}`" in guide, word
    for layout in ("overview", "tool", "witness"):
        assert f"`{layout}`" in guide, layout
