"""The till receipt: a 1-bit picture as wide as a thermal head prints, and the same as plain text."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

from PIL import Image

from kit.files.artifacts import write_artifact
from kit.model.artifact import Alt, Artifact
from kit.model.plan import ReceiptJob, ToolView
from kit.render.alt import full_alt
from kit.render.picture import png_master, xmp_packet
from kit.render.template_data import sheet_data
from kit.render.typeset import Typesetter
from kit.tables.languages import LANGUAGES
from kit.tables.prints import RECEIPT
from kit.text.typography import for_platform

TEMPLATE = "visual/receipt.typ"
_HALF = 150
"""Grey at which a dot is printed: a little above the middle, thin strokes stay whole."""


def render_receipt(job: ReceiptJob, typesetter: Typesetter, out: Path, digest: str) -> list[Artifact]:
    """Write picture and text of a receipt into `out` and return the two artifacts."""
    data = {
        **sheet_data(job, typesetter.resources, RECEIPT.width_px, RECEIPT.floors),
        "family": RECEIPT.id,
        "width": RECEIPT.width_px,
        "height": 0,
    }
    pages, raw = typesetter.compile(TEMPLATE, data, job)
    boxes = typesetter.boxes(raw, job)
    text = plain_receipt(job)
    alt = Alt(short=job.alt_short, full=full_alt(boxes, job.tools))
    png, height = _one_bit(pages[0], xmp_packet(alt.full, job.rights, LANGUAGES[job.language].tag))
    shown = {"facts": job.facts, "links": job.links, "digest": digest}
    words = tuple(box.text for box in boxes if box.text)
    return [
        write_artifact(
            out, job.identity, png, width=RECEIPT.width_px, height=height,
            alt=alt, text=words, boxes=tuple(boxes), **shown,
        ),
        write_artifact(out, job.identity.copy("txt"), text, **shown),
    ]  # fmt: skip


def plain_receipt(job: ReceiptJob) -> str:
    """The receipt in 32 columns, for tills that print text only. Chinese counts two columns a character."""
    rule = "-" * RECEIPT.columns
    lines = [*_wrapped(job.headline), rule]
    for group in dict.fromkeys(tool.group for tool in job.tools):
        inside = [tool for tool in job.tools if tool.group == group]
        lines += _wrapped(_label(inside[0], job.language))
        for tool in inside:
            lines += _wrapped(tool.name)
            lines += (
                [f"  {line}" for line in _wrapped(tool.purpose, RECEIPT.columns - 2)] if tool.purpose else []
            )
        lines.append(rule)
    lines += [job.hashtag, *(line for note in (job.day, *job.notes) for line in _wrapped(note))]
    return "\n".join(for_platform(line) for line in lines if line) + "\n"


def _label(tool: ToolView, language: str) -> str:
    """Emergency is told by its word and by marks, since a till knows no colour."""
    return f"! {LANGUAGES[language].upper(tool.group_label)} !" if tool.emergency else tool.group_label


def columns(text: str) -> int:
    """How many columns a text takes on a till: wide characters two, marks that combine none."""
    wide = ("W", "F")
    return sum(
        2 if unicodedata.east_asian_width(c) in wide else 0 if unicodedata.combining(c) else 1 for c in text
    )


def _wrapped(text: str, width: int = RECEIPT.columns) -> list[str]:
    """Lines of at most `width` columns, broken at spaces; at any character where there are none."""
    lines, line = [], ""
    for word in text.replace("\u202f", "\u00a0").split(" "):
        if columns(f"{line} {word}".strip()) <= width:
            line = f"{line} {word}".strip()
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if columns(line + character) > width:
                # a no-break space gives way where nothing else does
                head, space, tail = line.rpartition("\u00a0")
                lines.append(head if space else line)
                line = tail if space else ""
            line += character
    return [*lines, line] if line else lines


def _one_bit(page: bytes, xmp: bytes) -> tuple[bytes, int]:
    with Image.open(io.BytesIO(page)) as image:
        grey = image.convert("L")
    dots = grey.point([255 * (level >= _HALF) for level in range(256)]).convert("1", dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    per_inch = (RECEIPT.dots_per_inch, RECEIPT.dots_per_inch)
    dots.save(buffer, "PNG", optimize=True, dpi=per_inch)
    return png_master(buffer.getvalue(), xmp), dots.height
