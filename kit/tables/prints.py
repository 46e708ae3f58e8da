"""Every print format: trimmed size, bleed, room for marks, and which pieces it carries.

All lengths in mm. Bleed 3 mm and 10 mm of room for crop marks are what French online printers ask
(ma-bonne-impression.fr, 2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kit.tables.formats import PHONE_WIDTH_PX, Floors

BLEED_MM = 3.0
MARKS_MM = 10.0
MAX_INK_PERCENT = 280
"""C + M + Y + K of any point (ma-bonne-impression.fr, web2print.ma; read 2026-11-23)."""
QR_MM = 20.0
"""Smallest QR code: reliable from 20 cm on a cracked phone."""

PaperFamily = Literal["portrait", "card", "tearoff", "sticker"]
STRIP_MM = 8.5
"""Font size of a tear-off strip: numbers 6 mm high."""
QUIET_MM = 4.0
"""No text nearer to the edge: a guillotine may be a millimetre off."""
_READ_AFAR = Floors(number=40, address=16, body=14, constants=9)
_TILL = Floors(number=60, address=20, body=20, constants=16)
_LEAFLET = Floors(number=24, address=12, body=8.6, constants=6.5)
"""On A5: 10 pt for words, 7.6 pt for sources."""


@dataclass(frozen=True)
class PrintFormat:
    """One row. `layouts` are those it is made for; `pages` of the finished PDF.

    `grid_px` is the width that the layout is drawn in: a poster is composed on the grid of a
    1080 px picture and comes out as vectors of its own size. Floors are as in `tables/formats`,
    at 360 units of that width.
    """

    id: str
    trim_mm: tuple[float, float]
    family: PaperFamily
    layouts: tuple[str, ...]
    pages: int = 1
    grid_px: float = 1080
    floors: Floors = _READ_AFAR
    bleed_mm: float = BLEED_MM
    marks_mm: float = MARKS_MM

    @property
    def unit_mm(self) -> float:
        """Millimetres that one unit of the grid is wide."""
        return self.trim_mm[0] / self.grid_px

    @property
    def wordless(self) -> bool:
        """Whether it holds numbers and labels only: no sentence, no date, no legal line."""
        return self.family in ("card", "sticker")

    def floors_of(self, layout: str) -> Floors:
        """The floors of a layout: a directory is read in the hand, like a page; a poster from afar."""
        return _LEAFLET if layout == "directory" else self.floors

    def floor_mm(self, role: str, layout: str, *, address: bool = False, on_end: bool = False) -> float:
        """Smallest font size in mm for a box role of the manifest.

        Text that stands on end is a tear-off strip's: it is read in the hand.
        """
        if on_end:
            return STRIP_MM
        return self.floors_of(layout).of(role, address) * self.trim_mm[0] / PHONE_WIDTH_PX


_POSTER = ("overview", "tool", "witness", "directory")
_ROWS = (
    PrintFormat("a4", (210.0, 297.0), "portrait", _POSTER),
    PrintFormat("a3", (297.0, 420.0), "portrait", ("overview", "tool", "witness")),
    PrintFormat("a5", (148.0, 210.0), "portrait", _POSTER),
    # card: read in the hand; 2.1 mm (6 pt) is the least for constants, 2.8 mm (8 pt) for words
    PrintFormat("card", (85.0, 55.0), "card", ("overview",), pages=2, floors=Floors(20, 14, 11.5, 9)),
    PrintFormat("tearoff", (210.0, 297.0), "tearoff", ("overview",)),
    PrintFormat("sticker", (70.0, 70.0), "sticker", ("tool",), floors=Floors(40, 16, 14, 10)),
)
PRINTS: dict[str, PrintFormat] = {row.id: row for row in _ROWS}


@dataclass(frozen=True)
class Receipt:
    """The till roll: 58 mm paper, of which a thermal head prints 48 mm at 203 dpi, black or nothing.

    Floors as everywhere at 360 units of the width: constants are 2.1 mm high, 6 pt.
    """

    id: str = "receipt"
    paper_mm: float = 58.0
    width_px: int = 384
    columns: int = 32
    dots_per_inch: int = 203
    floors: Floors = _TILL
    layouts: tuple[str, ...] = ("overview",)


RECEIPT = Receipt()
PRINT_IDS = (*PRINTS, RECEIPT.id)
