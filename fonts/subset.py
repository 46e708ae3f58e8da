"""Remake the Noto fonts of this folder from their npm packs: `python fonts/subset.py PACKS`.

What: `PACKS` is a folder in which each pack of `FAMILIES` is unpacked in a folder of its name and
version. Three weights of each family are cut down to the characters listed here, written beside
their licence, and `SHA256SUMS` is written again for every font of the folder.

Why cut: Noto Sans covers many scripts that no text of the kit uses, and the Chinese pack twice the
characters of the national standard: a clone and a wheel would carry them for nothing.
Why two sources for Chinese: the pack's one-piece files hold the kerning and the half-width
punctuation, but lack four of the 3,755 commonest characters (毖 谰 耪 锨), call themselves "Noto Sans
SC Thin" at every weight, and draw with overlapping strokes that show when a text is outlined. Its
hundred small files per weight have each character, clean, and no layout between them. So: layout
from the one, outlines from the others.
Why byte for byte: a changed file moves line breaks, and a reviewer must be able to tell "remade"
from "replaced". Dates stay those of the source, and the optional HarfBuzz packer is kept out.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent

STYLES = {400: "Regular", 700: "Bold", 800: "ExtraBold"}

LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."


def gb2312(rows: Iterable[int]) -> set[int]:
    """The characters in these rows of the Chinese standard GB 2312 (1980).

    Rows 1–9 are punctuation, symbols and other alphabets, 16–55 the 3,755 common characters
    (level 1), 56–87 the 3,008 rarer ones (level 2). Python's codec is the table.
    """
    cells = (bytes((row + 0xA0, cell + 0xA0)) for row in rows for cell in range(1, 95))
    return {ord(char) for cell in cells for char in cell.decode("gb2312", errors="ignore")}


def blocks(*ranges: tuple[int, int]) -> set[int]:
    """All code points of these ranges, both ends included."""
    return {code for first, last in ranges for code in range(first, last + 1)}


ASCII = blocks((0x20, 0x7E), (0xA0, 0xA0))
PUNCTUATION = blocks((0x2000, 0x206F))
CURRENCY = blocks((0x20A0, 0x20CF))

EUROPEAN = (
    blocks((0x20, 0x7E), (0xA0, 0x24F))  # Latin, Latin-1, Extended-A and -B
    | blocks((0x2BC, 0x2DD), (0x300, 0x36F))  # modifier apostrophe, accents, also the combining ones
    | blocks((0x400, 0x52F))  # Cyrillic and its supplement
    | blocks((0x2070, 0x209F), (0x2100, 0x214F), (0x2190, 0x21FF))  # superscripts, № ™, arrows
    | set(map(ord, "ẞ−∕∙∞≈≠≤≥◌�"))
    | PUNCTUATION
    | CURRENCY
)

ARABIC = (
    ASCII
    | blocks((0xA1, 0xFF))
    | blocks((0x600, 0x6FF), (0x750, 0x77F))  # Arabic, Persian and Urdu letters, both sets of digits
    | set(map(ord, "−◌�"))
    | PUNCTUATION
    | CURRENCY
)

CHINESE = (
    ASCII
    | gb2312(range(1, 10))
    | gb2312(range(16, 88))  # level 2 too: 猥亵, an offence the texts must be able to name, is there
    | blocks((0xA1, 0xFF), (0x3000, 0x303F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6))
    | PUNCTUATION
    | CURRENCY
)


@dataclass(frozen=True)
class Family:
    """One family: the pack it comes from, what is kept, and how a file of the pack is opened."""

    name: str
    pack: str
    licence: str
    characters: set[int]
    source: Callable[[Path, int, set[int]], TTFont]
    dropped: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The family's folder here."""
        return self.name.lower().replace(" ", "-")


def opened(path: Path) -> TTFont:
    """A font whose dates stay as they are when it is saved, packed by fontTools alone."""
    font = TTFont(path, recalcTimestamp=False)
    font.cfg["fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"] = False
    return font


def one_file(pack: Path, weight: int, characters: set[int]) -> TTFont:
    """The plain TTF of this weight, as the `@expo-google-fonts` packs hold it."""
    (path,) = pack.glob(f"{weight}{STYLES[weight]}/*.ttf")
    return opened(path)


def one_and_hundred_files(pack: Path, weight: int, characters: set[int]) -> TTFont:
    """The one-piece Chinese file of this weight, with the outlines of the small files put in."""
    (whole,) = pack.glob(f"files/*-chinese-simplified-{weight}-normal.woff")
    font = opened(whole)
    for path in sorted(pack.glob(f"files/*-{weight}-normal.woff")):
        if path != whole:
            characters = characters - graft(font, opened(path), characters)
    return font


def graft(font: TTFont, donor: TTFont, characters: set[int]) -> set[int]:
    """Draw these characters in `font` as `donor` does; returns those that the donor had."""
    names, outlines = donor.getBestCmap(), donor.getGlyphSet()
    found = characters & names.keys()
    for code in sorted(found):
        pen = TTGlyphPen(None)
        outlines[names[code]].draw(DecomposingFilterPen(pen, outlines))
        name = font.getBestCmap().get(code)
        if name is None:
            name = f"uni{code:04X}"
            for table in font["cmap"].tables:
                if table.isUnicode() and table.format != 14:
                    table.cmap[code] = name
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = donor["hmtx"][names[code]]
    return found


def cut(font: TTFont, characters: set[int], dropped: tuple[str, ...]) -> None:
    """Keep these characters and every layout feature between them, without hinting."""
    options = subset.Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 16, 17]
    options.drop_tables += ["STAT", *dropped]  # STAT: only variable fonts need it
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)


def label(font: TTFont, family: str, weight: int) -> None:
    """Say family and weight in every place where a program may look.

    Old programs know only Regular and Bold in a family, so ExtraBold is a family of its own to
    them and has its true one in names 16 and 17.
    """
    style, old = STYLES[weight], weight in (400, 700)
    postscript = f"{family.replace(' ', '')}-{style}"
    version = font["name"].getDebugName(5)
    names = {
        1: family if old else f"{family} {style}",
        2: style if old else "Regular",
        3: f"{version.split(';')[0].removeprefix('Version ')};{postscript}",
        4: f"{family} {style}",
        5: version,
        6: postscript,
        13: font["name"].getDebugName(13) or LICENCE,
        16: None if old else family,
        17: None if old else style,
    }
    kept = {number: font["name"].getDebugName(number) for number in (0, 7, 14)}
    font["name"] = newTable("name")
    font["name"].names = []
    for number, text in sorted((kept | names).items()):
        if text:
            font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0b1100001 | (
        0b100000 if weight == 700 else 0b1000000
    )
    font["head"].macStyle = 1 if weight == 700 else 0


def licence(family: Family, pack: Path, font: TTFont) -> str:
    """The pack's licence; headed by the font's own copyright line if the pack left it out."""
    text = (pack / family.licence).read_text(encoding="utf-8")
    notice = font["name"].getDebugName(0)
    return text if "Copyright" in text.splitlines()[0] else f"{notice}\n{text}"


FAMILIES = (
    Family("Noto Sans", "expo-google-fonts-noto-sans-0.4.2", "LICENSE_FONT", EUROPEAN, one_file),
    Family("Noto Sans Arabic", "expo-google-fonts-noto-sans-arabic-0.4.3", "LICENSE_FONT", ARABIC, one_file),
    Family(
        "Noto Sans SC",
        "fontsource-noto-sans-sc-5.3.0",
        "LICENSE",
        CHINESE,
        one_and_hundred_files,
        dropped=("vhea", "vmtx"),  # the kit sets no vertical text
    ),
)


def remake(packs: Path, target: Path) -> Iterator[Path]:
    """Write every font and licence into `target`; yields each font's path once it is written."""
    for family in FAMILIES:
        pack = packs / family.pack / "package"
        folder = target / family.folder
        folder.mkdir(parents=True, exist_ok=True)
        for weight, style in STYLES.items():
            font = family.source(pack, weight, family.characters)
            (folder / "OFL.txt").write_text(licence(family, pack, font), encoding="utf-8", newline="\n")
            cut(font, family.characters, family.dropped)
            label(font, family.name, weight)
            font.flavor = None
            path = folder / f"{family.name.replace(' ', '')}_{weight}{style}.ttf"
            font.save(path, reorderTables=True)
            yield path


def sums(folder: Path) -> str:
    """The text of `SHA256SUMS`: one line for each font below the folder, sorted by path."""
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in folder.rglob("*.ttf")
    )
    return "".join(sorted(lines, key=lambda line: line.split(maxsplit=1)[1]))


def main(arguments: list[str]) -> int:
    """Remake all fonts from the folder of unpacked packs; 2 if a pack is not there."""
    missing = [
        family.pack for family in FAMILIES if not (Path(*arguments) / family.pack / "package").is_dir()
    ]
    if len(arguments) != 1 or missing:
        print(f"usage: subset.py PACKS, a folder that holds {', '.join(f.pack for f in FAMILIES)}")
        return 2
    for path in remake(Path(arguments[0]), HERE):
        print(f"{path.stat().st_size:>9,}  {path.relative_to(HERE).as_posix()}")
    (HERE / "SHA256SUMS").write_text(sums(HERE), newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
