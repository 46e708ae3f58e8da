"""`make sheets`: contact sheets, made to be looked at before golden pictures are renewed.

Into `build/sheets/`, as PNG:
- `language-<code>`: every piece in every screen format of a language: is it one hand?
- `format-<id>`: a format in all languages: is Arabic as good as French?
- `piece-<id>`: one piece in all formats, in French: is each designed for its shape?
- `print-<code>`: every page of the print pieces, cut to the TrimBox.
- `phone-<code>`: 360 px wide and grey, at true size: what number do you remember?
- `platform-<code>`: what a platform lays over a picture, drawn on it: is anything covered?

The kit beneath is kept in `build/sheets/kit`, so a second look redraws only what was changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from kit.build import Request, build_loaded
from kit.load import load
from kit.model.artifact import Artifact
from kit.tables.formats import FORMATS, PHONE_WIDTH_PX, Format

ROOT = Path(__file__).parent.parent
OUT = ROOT / "build" / "sheets"
ANY_DAY = date(2026, 11, 25)
CELL = (360, 400)
GAP, LABEL = 14, 20
GROUND, WORDS, COVERED, EDGE = "#7A7A80", "#FFFFFF", (255, 0, 90, 90), "#00E0FF"
PRINT_PPI = 60


@dataclass(frozen=True)
class Cell:
    """A picture and what it is called on the sheet."""

    label: str
    image: Image.Image


def montage(rows: Sequence[Sequence[Cell]]) -> Image.Image:
    """All cells of each row side by side, at their own size, each under its name."""
    font = ImageFont.load_default(13)
    wide = max(sum(cell.image.width + GAP for cell in row) for row in rows) + GAP
    highs = [max(cell.image.height for cell in row) + LABEL + GAP for row in rows]
    sheet = Image.new("RGB", (wide, sum(highs) + GAP), GROUND)
    draw = ImageDraw.Draw(sheet)
    y = GAP
    for row, high in zip(rows, highs, strict=True):
        x = GAP
        for cell in row:
            draw.text((x, y), cell.label, WORDS, font)
            sheet.paste(cell.image, (x, y + LABEL))
            x += cell.image.width + GAP
        y += high
    return sheet


def opened(folder: Path, artifact: Artifact) -> Image.Image:
    """The picture of an artifact, as it would be seen."""
    with Image.open(folder / artifact.path) as image:
        rgb: Image.Image = image.convert("RGB")
    return rgb


def reduced(image: Image.Image) -> Image.Image:
    """No larger than a cell."""
    small = image.copy()
    small.thumbnail(CELL, Image.Resampling.LANCZOS)
    return small


def on_a_phone(image: Image.Image) -> Image.Image:
    """As wide as a telephone held in a hand, without its colours."""
    high = round(image.height * PHONE_WIDTH_PX / image.width)
    return image.resize((PHONE_WIDTH_PX, high), Image.Resampling.LANCZOS).convert("L").convert("RGB")


def as_shown(image: Image.Image, screen: Format) -> Image.Image:
    """The picture with everything outside its safe area veiled, and what covers it or cuts it."""
    safe, over = screen.safe, screen.covered
    veil = Image.new("RGBA", image.size, COVERED)
    draw = ImageDraw.Draw(veil)
    inside = (safe.x, safe.y, safe.x + safe.w, safe.y + safe.h)
    draw.rectangle(inside, (0, 0, 0, 0), EDGE, 3)
    if screen.family == "avatar":
        draw.rectangle((0, 0, *image.size), COVERED)
        draw.ellipse((0, 0, image.width - 1, image.height - 1), (0, 0, 0, 0), EDGE, 3)
    if over:
        draw.rectangle((over.x, over.y, over.x + over.w, over.y + over.h), COVERED, EDGE, 3)
    return Image.alpha_composite(image.convert("RGBA"), veil).convert("RGB")


def pages_of(path: Path) -> list[Image.Image]:
    """The pages of a PDF, each cut to its TrimBox."""
    pages = []
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            left, bottom, right, top = page.get_trimbox()
            width, height = page.get_size()
            around = (left, bottom, width - right, height - top)
            pages.append(page.render(scale=PRINT_PPI / 72, crop=around).to_pil().convert("RGB"))
    return pages


def in_rows(cells: Sequence[Cell], width: int = 8 * CELL[0]) -> list[list[Cell]]:
    """The cells in as few rows as keep to a width."""
    rows: list[list[Cell]] = [[]]
    for cell in cells:
        if rows[-1] and sum(c.image.width + GAP for c in rows[-1]) + cell.image.width > width:
            rows.append([])
        rows[-1].append(cell)
    return rows


class Sheets:
    """The contact sheets of one built kit."""

    def __init__(self, folder: Path, artifacts: Iterable[Artifact], out: Path) -> None:
        self.folder, self.out = folder, out
        masters = [a for a in artifacts if a.of is None]
        self.visuals = [a for a in masters if a.kind == "visual"]
        self.prints = [a for a in masters if a.kind == "print"]

    def save(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        """Write one sheet; rows without a picture are left out."""
        full = [row for row in rows if row]
        if full:
            self.out.mkdir(parents=True, exist_ok=True)
            montage(full).save(self.out / f"{name}.png", compress_level=3)

    def _cells(self, visuals: Iterable[Artifact]) -> list[Cell]:
        return [
            Cell(a.id.removeprefix("visual/"), reduced(opened(self.folder, a)))
            for a in sorted(visuals, key=lambda a: self._order[a.piece or ""])
        ]

    @property
    def _order(self) -> dict[str, int]:
        return {piece: n for n, piece in enumerate(dict.fromkeys(a.piece or "" for a in self.visuals))}

    def language(self, code: str) -> None:
        """Every piece in every format of one language."""
        own = [a for a in self.visuals if a.language == code]
        rows = [self._cells(a for a in own if a.format == name) for name in FORMATS]
        self.save(f"language-{code}", rows)

    def format(self, name: str, languages: Sequence[str]) -> None:
        """One format in all languages, a row each."""
        own = [a for a in self.visuals if a.format == name]
        self.save(f"format-{name}", [self._cells(a for a in own if a.language == c) for c in languages])

    def piece(self, piece: str, code: str) -> None:
        """One piece in all formats of one language."""
        own = [a for a in self.visuals if a.piece == piece and a.language == code]
        self.save(f"piece-{piece}", in_rows(self._cells(own), 5 * CELL[0]))

    def phone(self, code: str) -> None:
        """Everything that is read in a hand, as wide as the hand's screen and grey."""
        own = [a for a in self.visuals if a.language == code and a.format not in ("videoconf", "signage")]
        cells = [Cell(a.id, on_a_phone(opened(self.folder, a))) for a in own]
        self.save(f"phone-{code}", in_rows(cells))

    def platform(self, code: str) -> None:
        """Safe areas and what covers them, drawn on the pictures."""
        rows = []
        for name in (
            "story",
            "feed-4x5",
            "avatar",
            "x-header",
            "linkedin-cover",
            "facebook-cover",
            "videoconf",
        ):
            own = [a for a in self.visuals if a.language == code and a.format == name]
            rows.append([Cell(a.id, reduced(as_shown(opened(self.folder, a), FORMATS[name]))) for a in own])
        self.save(f"platform-{code}", rows)

    def printed(self, code: str) -> None:
        """Every page of every print piece, and the till receipt."""
        own = [a for a in self.prints if a.language == code]
        rows = []
        for name in dict.fromkeys(a.format for a in own):
            rows.append([cell for a in own if a.format == name for cell in self._printed(a)])
        self.save(f"print-{code}", rows)

    def _printed(self, artifact: Artifact) -> list[Cell]:
        path = self.folder / artifact.path
        pages = pages_of(path) if path.suffix == ".pdf" else [opened(self.folder, artifact)]
        return [Cell(artifact.id.removeprefix("print/"), reduced(page)) for page in pages]


def main(arguments: Sequence[str] | None = None) -> None:
    """Build what is missing, then draw the sheets that were asked for."""
    parser = argparse.ArgumentParser(description="Contact sheets of the kit, into build/sheets/")
    parser.add_argument("--lang", action="append", default=[], help="only this language (repeatable)")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--campaign", type=Path, default=ROOT)
    asked = parser.parse_args(arguments)
    loaded = load(asked.campaign)
    request = Request(
        out=asked.out / "kit", today=ANY_DAY, only=("visual/*", "print/*"), languages=tuple(asked.lang)
    )
    built = build_loaded(loaded, request)
    sheets = Sheets(built.folder, built.manifest.artifacts, asked.out)
    languages = asked.lang or list(loaded.campaign.languages)
    for code in languages:
        sheets.language(code)
        sheets.printed(code)
        sheets.phone(code)
        sheets.platform(code)
    for name in FORMATS:
        sheets.format(name, languages)
    for piece in dict.fromkeys(a.piece or "" for a in sheets.visuals):
        sheets.piece(piece, languages[0])
    print(f"{len(list(asked.out.glob('*.png')))} sheets in {asked.out}: {len(built.made)} pieces drawn anew")


if __name__ == "__main__":
    main()
