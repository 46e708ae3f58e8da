"""Golden geometry as text; golden pixels of each format: shortest, longest, Arabic, Chinese."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import PIL
import pytest
from PIL import Image

from kit.load import load
from kit.model.artifact import Artifact, Box
from kit.plan import plan
from kit.render.print import TEMPLATE as PRINT_TEMPLATE
from kit.render.print import data_for as print_data_for
from kit.render.typeset import Typesetter
from kit.render.visual import render_visual
from tests.support.golden import assert_same

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
# the shortest and the longest piece, a mirrored one, and one of another script
PICTURED = ("fr/tool-17", "fr/overview", "ar/overview", "zh/overview")
USED = sorted(load(ROOT).campaign.formats)
"""A format has goldens as soon as the shipped campaign is made in it (`make golden`)."""
SCALE = 7  # a quarter or a sixth would weigh over 20 kB a picture
ENVIRONMENT = {"typst": version("typst"), "pillow": PIL.__version__, "machine": platform.machine()}


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Artifact]]:
    out = tmp_path_factory.mktemp("visuals")
    loaded = load(ROOT)
    typesetter = Typesetter(loaded.resources)
    visuals = plan(loaded.campaign, loaded.theme, {}).visuals
    jobs = [job for job in visuals if job.language == "fr" or f"{job.language}/{job.piece}" in PICTURED]
    return out, {job.id: render_visual(job, typesetter, out, "digest")[0] for job in jobs}


def geometry(boxes: Iterable[Box], unit: str = "px") -> list[str]:
    """One line a box, to a tenth: what moved can be read in a diff."""
    return [
        f"{box.role:<9} {box.x:7.1f} {box.y:7.1f} {box.w:7.1f} {box.h:7.1f}  {box.size:6.1f} {unit}  {box.text}"
        for box in boxes
    ]


def same_text(path: Path, lines: list[str], update: bool) -> None:
    if update:
        path.write_text("\n".join(lines), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "\n".join(lines)


def test_every_box_stands_where_it_stood(
    drawn: tuple[Path, dict[str, Artifact]], update_golden: bool
) -> None:
    lines = []
    for artifact_id, artifact in sorted(drawn[1].items()):
        lines += [artifact_id, *(f"  {line}" for line in geometry(artifact.boxes)), ""]
    same_text(GOLDEN / "geometry.txt", lines, update_golden)


def test_every_box_on_paper_stands_where_it_stood(update_golden: bool) -> None:
    """In mm from the trimmed edge: all French sheets, and the overview of the three other scripts."""
    loaded = load(ROOT)
    typesetter = Typesetter(loaded.resources)
    lines = []
    for job in plan(loaded.campaign, loaded.theme, {}).prints:
        if job.language == "fr" or (job.language in ("ar", "uk", "zh") and job.piece == "overview"):
            data = print_data_for(job, loaded.resources, press=True)
            _, raw = typesetter.compile_pdf(PRINT_TEMPLATE, data, job, tagged=False)
            lines += [job.id, *(f"  {line}" for line in geometry(typesetter.boxes(raw, job), "mm")), ""]
    same_text(GOLDEN / "geometry-print.txt", lines, update_golden)


@pytest.mark.parametrize("piece", PICTURED)
@pytest.mark.parametrize("format_id", USED)
def test_the_picture_is_the_one_that_was_looked_at(
    drawn: tuple[Path, dict[str, Artifact]], format_id: str, piece: str, tmp_path: Path, update_golden: bool
) -> None:
    language, _, piece = piece.partition("/")
    expected = GOLDEN / "visuals" / f"{format_id}-{language}-{piece}.png"
    environment = GOLDEN / "ENV.json"
    if update_golden:
        environment.write_text(json.dumps(ENVIRONMENT, indent=1) + "\n")
    if json.loads(environment.read_text()) != ENVIRONMENT:
        pytest.skip(f"goldens belong to {environment.read_text()}, this is {ENVIRONMENT}")
    source = drawn[0] / drawn[1][f"visual/{language}/{format_id}/{piece}"].path
    with Image.open(source) as image:
        small = image.convert("RGB").resize(
            (image.width // SCALE, image.height // SCALE), Image.Resampling.BOX
        )
    actual = tmp_path / "actual.png"
    small.save(actual, optimize=True)
    if update_golden:
        expected.parent.mkdir(exist_ok=True)
        expected.write_bytes(actual.read_bytes())
    assert_same(actual, expected)


def test_no_golden_is_unused() -> None:
    wanted = {f"{format_id}-{piece.replace('/', '-')}.png" for format_id in USED for piece in PICTURED}
    assert {path.name for path in (GOLDEN / "visuals").iterdir()} == wanted


def test_goldens_stay_small() -> None:
    sizes = [path.stat().st_size for path in (GOLDEN / "visuals").iterdir()]
    assert max(sizes) <= 22_000
    assert sum(p.stat().st_size for p in GOLDEN.rglob("*") if p.is_file()) <= 6_000_000
