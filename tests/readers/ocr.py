"""Read every picture as a stranger would: tesseract for numbers and addresses, zxing for QR codes.

    python -m tests.readers.ocr [--kit dist/SLUG] [--lang fr]…

What should be read comes from the manifest alone: the facts an artifact says that it shows, by
their value. Every number and address is read off the PNG at full size, every number once more off
the same picture reduced to 360 px wide; every QR code off the printer's PDF at 300 dpi. Each fact
must be found, digit by digit, and no digit more.

How honest it is. The boxes of the manifest only say where a line of text stands: a reader that
searches whole posters needs seconds each and gives up on a number of 800 px. What stands there is
taken from the pixels: a crop with some of its surroundings, brought to grey, dark on light, and to a
type size that the reader was trained on. The reader is told that what stands alone and is dialled is
made of digits, and nothing more: no word list of ours, no hint of the answer. What stands outside every box is not read; that no text does is
for the layout's own tests.

Why in batches: tesseract takes 0.1 s to wake up, and 20 ms to read a line.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from kit.build import Request, build_loaded
from kit.load import load
from kit.model.artifact import Artifact, Box
from kit.tables.formats import PHONE_WIDTH_PX

ROOT = Path(__file__).resolve().parents[2]
READERS = {"fr": "fra", "fr-falc": "fra", "en": "eng", "es": "spa", "pt": "por", "tr": "tur"}
"""Of each kit language the reader's model, for sentences. Arabic, Ukrainian and Chinese are not asked of it."""
FRENCH = "fra"
"""What stands alone is a French number or a French address on every picture. Why it matters: the
Turkish model takes the flat top of a big 3 for a 5, on every picture, and reads `.gouv.İfr`."""
TYPE_PX = (56, 72)
"""Type sizes the reader is given, in px: capitals of about 40 px are what tesseract is best at. What it
reads wrong it is shown once more, larger: a wrong digit stays wrong, a lost dot is found."""
MARGIN_PX, PAD_PX = 4, 24
PRINT_PPI = 300
MODULE_MARGIN_MM = 3.0
ONE_LINE, ONE_BLOCK = 7, 6
"""Tesseract's page segmentation modes."""

_NUMBER = re.compile(r"\d+(?: \d+)*")
_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Question:
    """One text block that shows facts: where it is, what must be read there, and how it is looked at."""

    artifact: str
    path: Path
    box: Box
    facts: tuple[str, ...]
    on_phone: bool = False

    @property
    def reader(self) -> tuple[str, ...]:
        """The reader's options: its model; one line or several; for what is dialled, that it is digits."""
        alone = self.box.role == "number"
        model = FRENCH if alone else READERS[self.artifact.split("/")[1]]
        mode = ONE_LINE if alone or self.box.h < 1.5 * self.box.size else ONE_BLOCK
        digits = ("-c", "tessedit_char_whitelist=0123456789 ") if alone and is_number(self.facts[0]) else ()
        return ("-l", model, "--psm", str(mode), *digits)

    def __str__(self) -> str:
        return f"{self.artifact}{' at 360 px' if self.on_phone else ''}"


def plain(text: str) -> str:
    """With ordinary spaces: which kind of space it was is nothing that is read."""
    return re.sub(r"\s+", " ", text).strip()


def is_number(value: str) -> bool:
    """Whether a fact is something to dial."""
    return _NUMBER.fullmatch(value) is not None


def facts_to_read(artifact: Artifact, values: dict[str, str]) -> set[str]:
    """The numbers and addresses that an artifact says it shows."""
    own = {plain(values[fact]) for fact in artifact.facts}
    return {value for value in own if is_number(value) or _ADDRESS.fullmatch(value)}


def shown_in(text: str, values: Iterable[str]) -> tuple[str, ...]:
    """Those of the values that a text shows, standing alone."""
    flat = plain(text)
    return tuple(v for v in sorted(values) if re.search(rf"(?<![\w.]){re.escape(v)}(?!\w|\.\w)", flat))


def questions(artifact: Artifact, values: dict[str, str], folder: Path) -> Iterator[Question]:
    """What to read in one picture."""
    wanted = facts_to_read(artifact, values)
    for box in artifact.boxes:
        facts = shown_in(box.text, wanted)
        if not facts:
            continue
        yield Question(artifact.id, folder / artifact.path, box, facts)
        if box.role == "number" and is_number(facts[0]):
            yield Question(artifact.id, folder / artifact.path, box, facts, on_phone=True)


def unshown(artifact: Artifact, values: dict[str, str]) -> Iterator[str]:
    """Facts that the manifest says a picture shows, and that stand in no text block of it."""
    blocks = [shown_in(box.text, facts_to_read(artifact, values)) for box in artifact.boxes]
    missing = facts_to_read(artifact, values) - {fact for facts in blocks for fact in facts}
    if missing:
        yield f"{artifact.id}: no text block shows {', '.join(sorted(missing))}"


def cut(image: Image.Image, box: Box, scale: float, type_px: int) -> Image.Image:
    """A text block dark on light and at the reader's type size. `scale` is that of the picture."""
    x, y, w, h = (side * scale for side in (box.x, box.y, box.w, box.h))
    margin = max(MARGIN_PX * scale, 1)
    left, top, right, bottom = x - margin, y - margin, x + w + margin, y + h + margin
    grey = image.crop((round(left), round(top), round(right), round(bottom))).convert("L")
    pixels = np.asarray(grey)
    ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if np.median(ring) < (int(pixels.min()) + int(pixels.max())) / 2:
        grey = ImageOps.invert(grey)
    grey = ImageOps.autocontrast(grey)
    factor = type_px / (box.size * scale)
    size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
    return ImageOps.expand(grey.resize(size, Image.Resampling.LANCZOS), PAD_PX, 255)


def lines_of(picture: Image.Image, type_px: int) -> list[Image.Image]:
    """A block line by line, parted where a whole row is blank: an address may be broken before a dot."""
    blank = (np.asarray(picture) > 200).all(1)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], blank, [True]]).astype(int)))
    rows = [(int(top), int(bottom)) for top, bottom in zip(edges[::2], edges[1::2], strict=True)]
    tall = [row for row in rows if row[1] - row[0] > type_px / 4]
    return [
        ImageOps.expand(picture.crop((0, top, picture.width, bottom)), PAD_PX, 255) for top, bottom in tall
    ]


def read(crops: Sequence[Path], options: Sequence[str]) -> list[str]:
    """The text of each crop, in one run of the reader."""
    listed = crops[0].with_suffix(".txt")
    listed.write_text("\n".join(map(str, crops)) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["tesseract", str(listed), "stdout", *options],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )  # fmt: skip
    texts = done.stdout.split("\f")
    if len(texts) != len(crops):
        raise RuntimeError(
            f"the reader answered {len(texts)} of {len(crops)} questions: {done.stderr[-500:]}"
        )
    return texts


def mistake(question: Question, text: str) -> str | None:
    """What is wrong with what was read, or None. Every digit of the block counts, also those of no fact."""
    said = plain(text)
    close = said.replace(" ", "")
    for fact in question.facts:
        if is_number(fact):
            spaced = rf"(?<!\d){re.escape(fact).replace(chr(92) + ' ', ' ?')}(?!\d)"
            found = re.search(spaced, said) is not None
        else:
            found = fact in close
        if not found:
            return f"{question}: {fact} is read as {said!r}"
    digits, expected = ("".join(_DIGITS.findall(t)) for t in (said, plain(question.box.text)))
    if digits != expected:
        return f"{question}: the digits {expected} of {question.box.text!r} are read as {said!r}"
    return None


def answers(asked: Sequence[Question], type_px: int = TYPE_PX[0]) -> list[tuple[Question, str]]:
    """What the reader says to each question."""
    with tempfile.TemporaryDirectory() as scratch:
        crops: dict[tuple[str, ...], list[tuple[int, Path]]] = {}
        for number, part, picture in _crops(asked, type_px):
            path = Path(scratch) / f"{number}-{part}.png"
            picture.save(path, compress_level=1)
            crops.setdefault(asked[number].reader, []).append((number, path))
        said = [""] * len(asked)
        for options, pairs in crops.items():
            for (number, _), text in zip(pairs, read([path for _, path in pairs], options), strict=True):
                said[number] += text
    return list(zip(asked, said, strict=True))


def _crops(asked: Sequence[Question], type_px: int) -> Iterator[tuple[int, int, Image.Image]]:
    """Each question's number, and its lines one by one; questions come picture by picture."""
    last, picture, scale = None, Image.new("L", (1, 1)), 1.0
    for number, question in enumerate(asked):
        if last != (question.path, question.on_phone):
            last = (question.path, question.on_phone)
            picture, scale = seen(question.path, question.on_phone)
        block = cut(picture, question.box, scale, type_px)
        alone = question.reader[3] == str(ONE_LINE)
        for part, line in enumerate(lines_of(block, type_px) if alone else [block]):
            yield number, part, line


def seen(path: Path, on_phone: bool) -> tuple[Image.Image, float]:
    """The picture as it is, or as wide as a telephone, and how much smaller that is."""
    with Image.open(path) as image:
        whole = image.convert("RGB")
    if not on_phone:
        return whole, 1.0
    scale = PHONE_WIDTH_PX / whole.width
    return whole.resize((PHONE_WIDTH_PX, round(whole.height * scale)), Image.Resampling.LANCZOS), scale


def read_pictures(
    artifacts: Sequence[Artifact], values: dict[str, str], folder: Path
) -> tuple[int, list[str]]:
    """How many blocks were read in these pictures, and what was read wrong."""
    asked = [question for artifact in artifacts for question in questions(artifact, values, folder)]
    asked.sort(key=lambda q: (q.path, q.on_phone))
    claims = [line for artifact in artifacts for line in unshown(artifact, values)]
    doubtful = asked
    for type_px in TYPE_PX:
        read_wrong = [(q, said) for q, text in answers(doubtful, type_px) if (said := mistake(q, text))]
        doubtful = [question for question, _ in read_wrong]
    return len(asked), claims + [said for _, said in read_wrong]


def read_codes(artifacts: Iterable[Artifact], folder: Path) -> tuple[int, list[str]]:
    """How many QR codes were read off printers' files, and which lead elsewhere than it says beside them."""
    count, mistakes = 0, []
    for artifact in artifacts:
        codes = [box for box in artifact.boxes if box.role == "qr"]
        for box, image in zip(codes, code_pictures(folder / artifact.path, codes), strict=True):
            count += 1
            told = [code.text for code in zxingcpp.read_barcodes(image)]
            address = box.text.removeprefix("https://")
            if told != [box.text]:
                mistakes.append(f"{artifact.id}: its code says {told}, not {box.text}")
            if box.text not in artifact.links or address not in artifact.text:
                mistakes.append(f"{artifact.id}: {box.text} is not printed beside its code")
    return count, mistakes


def code_pictures(path: Path, codes: Sequence[Box]) -> Iterator[Image.Image]:
    """Each QR code with its surroundings, as a press would lay it down."""
    with pypdfium2.PdfDocument(path) as document:
        for box in codes:
            page = document[(box.page or 1) - 1]
            left, _, _, top = page.get_trimbox()
            width, height = page.get_size()
            per_mm, margin = 72 / 25.4, MODULE_MARGIN_MM
            x0, x1 = left + (box.x - margin) * per_mm, left + (box.x + box.w + margin) * per_mm
            y0, y1 = top - (box.y + box.h + margin) * per_mm, top - (box.y - margin) * per_mm
            crop = tuple(max(side, 0) for side in (x0, y0, width - x1, height - y1))
            yield page.render(scale=PRINT_PPI / 72, crop=crop).to_pil().convert("L")


def main() -> int:
    """Read a kit, by default the one beneath the contact sheets; 1 when anything was read wrong."""
    parser = argparse.ArgumentParser(description="Read every picture of a kit as a stranger would.")
    parser.add_argument("--kit", type=Path, help="a finished kit; without it one is built in build/sheets")
    parser.add_argument("--lang", action="append", default=[])
    asked = parser.parse_args()
    folder = asked.kit
    if folder is None:
        request = Request(
            out=ROOT / "build" / "sheets" / "kit", today=date(2026, 11, 25), only=("visual/*", "print/*")
        )
        folder = build_loaded(load(ROOT), request).folder
    started = time.perf_counter()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values = {fact["id"]: fact["value"] for fact in manifest["facts"]}
    masters = [Artifact.model_validate(a) for a in manifest["artifacts"] if "of" not in a]
    languages = asked.lang or manifest["languages"]
    pictures = [
        [a for a in masters if a.kind == "visual" and a.language == code]
        for code in languages
        if code in READERS
    ]
    sheets = [a for a in masters if a.media_type == "application/pdf" and a.language in languages]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        codes = pool.submit(read_codes, sheets, folder)
        each = list(pool.map(partial(read_pictures, values=values, folder=folder), pictures))
        each.append(codes.result())
    mistakes = [line for _, found in each for line in found]
    print("\n".join(mistakes))
    blocks = sum(count for count, _ in each[:-1])
    print(
        f"{sum(map(len, pictures))} pictures, {blocks} text blocks, {each[-1][0]} QR codes read in "
        f"{time.perf_counter() - started:.0f} s: {len(mistakes)} read wrong"
    )
    if not blocks:
        print("nothing was read: is this a kit?")
    return 1 if mistakes or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
