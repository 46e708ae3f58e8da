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
from kit.plan import plan
from kit.render import visual
from kit.render.clip.layers import Layer, set_layers
from kit.render.typeset import DoesNotFit, Typesetter, template_files
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


def test_one_template_of_the_campaign_stands_beside_the_kits_own(tmp_path: Path) -> None:
    """`medium` alone is overridden: a still and a clip change with it, and their digests too."""
    folder = narrowed(tmp_path, clip_languages=["fr"])
    loaded = load(folder)
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards)
    still = next(job for job in jobs.visuals if job.piece == "tool-3919")
    clip = next(job for job in jobs.clips if job.format == "square")

    def made() -> tuple[bytes, list[Layer], str]:
        setter = Typesetter(loaded.resources)
        pages, _ = setter.compile(visual.TEMPLATE, visual.data_for(still, loaded.resources), still)
        layout = set_layers(clip, loaded.resources, 0.25)
        return (
            pages[0],
            list(layout.layers),
            loaded.resources.digest("templates", *template_files("clips/*.typ")),
        )

    shipped = made()
    own = folder / "templates" / "base" / "data.typ"
    own.parent.mkdir(parents=True)
    text = (SHIPPED / "templates" / "base" / "data.typ").read_text(encoding="utf-8")
    own.write_text(re.sub(r"tracking: -0\.01\dem", "tracking: 0.1em", text), encoding="utf-8")
    changed = made()
    assert shipped[0] != changed[0] and shipped[2] != changed[2]
    number = [next(layer for layer in side[1] if layer.text == "3919") for side in (shipped, changed)]
    assert number[0].at != number[1].at


@pytest.mark.parametrize("text", ['Un "mot"\u00a0: ', "Une \\ barre\u202f! "])
def test_a_text_with_quotes_that_does_not_fit_is_told_as_it_is_written(tmp_path: Path, text: str) -> None:
    loaded = load(narrowed(tmp_path, clip_languages=["fr"]))
    jobs = plan(loaded.campaign, loaded.theme, loaded.storyboards)
    long = text + "x" * 90
    still = next(j for j in jobs.visuals if j.piece == "tool-17").model_copy(update={"headline": long})
    setter = Typesetter(loaded.resources)
    with pytest.raises(DoesNotFit, match=re.escape(f"the headline {long!r} does not fit: ")):
        setter.compile(visual.TEMPLATE, visual.data_for(still, loaded.resources), still)
    clip = next(job for job in jobs.clips if job.format == "square")
    scenes = (clip.scenes[0].model_copy(update={"line": long}), *clip.scenes[1:])
    with pytest.raises(DoesNotFit, match=re.escape(f"at its smallest size: hook: {long}")):
        set_layers(clip.model_copy(update={"scenes": scenes}), loaded.resources, 0.25)


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
