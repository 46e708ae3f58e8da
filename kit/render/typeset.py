"""Typst as a function: data in as JSON, pictures and the boxes of its own layout out.

Data never becomes code: it is passed in `sys.inputs`, so a partner's name cannot be read as markup.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import typst
from fontTools.ttLib import TTFont

from kit.errors import InputError, WorkError
from kit.model.artifact import Box
from kit.model.plan import Job, ResolvedTheme
from kit.resources import Resources
from kit.text.foreign_json import read_json

_OVERFLOW = "kit-overflow:"
_IGNORABLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff")
"""Default-ignorable code points: they have no glyph by design."""


class DoesNotFit(InputError):
    """A text that no smaller size and no other line break fits into its room."""


RawBoxes = list[dict[str, Any]]
"""Boxes as Typst gives them, not yet rounded."""


def template_files(template: str) -> tuple[str, ...]:
    """Patterns of the files that a template may be made of: its own folder and what all share.

    A job's digest hashes these.
    """
    return ("base/*.typ", f"{PurePosixPath(template).parent}/*.typ")


@dataclass
class Typesetter:
    """Compiles templates with a fixed set of fonts. One compiler a thread and template.

    Why kept: a compiler that stays alive answers in 10 to 20 ms, since fonts and template are
    already parsed; a new one costs ten times that.
    """

    resources: Resources
    fonts: typst.Fonts = None  # type: ignore[assignment]  # loaded where none are given
    _local: threading.local = field(default_factory=threading.local, repr=False)

    def __post_init__(self) -> None:
        self.fonts = self.fonts or typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=self.resources.font_folders()
        )
        self.templates = _one_folder(self.resources, self)

    def compile(
        self, template: str, data: dict[str, Any], job: Job, *, label: str = "box", scale: float = 1.0
    ) -> tuple[list[bytes], list[Any]]:
        """PNG pages at 1 pt = `scale` px, and the values of all metadata of that label, in reading order.

        Raises DoesNotFit when a text does not fit above its floor, WorkError when the template
        itself is broken (a designer's template is input too, but not a person's text).
        """
        pages, values = self._compiled(template, data, job, label, {"format": "png", "ppi": 72 * scale})
        return (pages if isinstance(pages, list) else [pages] if pages else []), values

    def compile_pdf(
        self, template: str, data: dict[str, Any], job: Job, *, tagged: bool
    ) -> tuple[bytes, RawBoxes]:
        """One PDF and its boxes; `tagged` asks for PDF/UA-1. Errors as in `compile`."""
        wanted = {"format": "pdf", "pdf_standards": ["ua-1"] if tagged else []}
        return self._compiled(template, data, job, "box", wanted)

    def _compiled(
        self, template: str, data: dict[str, Any], job: Job, label: str, wanted: dict[str, Any]
    ) -> tuple[Any, list[Any]]:
        compiler = self._compiler(template)
        try:
            made = compiler.compile(sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **wanted)
            values = read_json(compiler.query(f"<{label}>", field="value"))
        except typst.TypstError as error:
            raise _explained(error, template, job) from error
        return made, values

    def boxes(self, raw: RawBoxes, job: Job) -> list[Box]:
        """The boxes to a hundredth. Raises InputError where one has a character that its font lacks."""
        boxes = [_box(one) for one in raw]
        self.check_glyphs(boxes, job)
        return boxes

    def check_families(self, theme: ResolvedTheme) -> None:
        """Every family and weight the theme asks for must exist: Typst would replace it silently."""
        have = {(font.family, font.weight) for font in self.fonts.fonts()}
        for family, weight in sorted(theme.faces - have):
            raise InputError(
                f"theme {theme.id}: no font file for {family} at weight {weight}",
                f"add it to fonts/, or use one of: {', '.join(sorted({f for f, _ in have}))}",
            )

    def check_glyphs(self, boxes: list[Box], job: Job) -> None:
        """Every character must have a glyph in the very font it was set in.

        Why here: Typst 0.15 draws a fallback box for a missing glyph and says nothing.
        """
        for box in boxes:
            if box.font is None:
                continue
            missing = sorted({c for c in box.text if c not in _IGNORABLE} - self._characters(box.font))
            missing = [c for c in missing if c not in "\u202f\n "]  # U+202F is drawn as a narrowed U+00A0
            if missing:
                named = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing)
                raise InputError(
                    f"{job.piece} in {job.language}, {job.format}: {box.font} has no glyph for {named}, "
                    f"needed by {box.text!r}",
                    "reword the text, or choose a font that has it",
                )

    def _characters(self, font: str) -> set[str]:
        """What a font list such as `Atkinson Hyperlegible Next, Noto Sans Arabic 400` covers."""
        families, _, weight = font.rpartition(" ")
        covered: set[str] = set()
        for family in families.split(", "):
            paths = [i.path for i in self.fonts.fonts() if i.family == family and i.weight == int(weight)]
            if not paths or not paths[0]:
                raise WorkError(
                    f"the font {font} was laid out but is not loaded", "this is a bug of the template"
                )
            covered |= _cmap(paths[0])
        return covered

    def _compiler(self, template: str) -> typst.Compiler:
        compilers: dict[str, typst.Compiler] = self._local.__dict__.setdefault("compilers", {})
        if template not in compilers:
            path = self.templates / template
            compilers[template] = typst.Compiler(path, root=self.templates, font_paths=self.fonts)
        return compilers[template]


def _one_folder(resources: Resources, owner: object) -> Path:
    """A folder with every Typst template as the campaign resolves it, since Typst imports from one root.

    Where the campaign overrides some, they are copied together, and go when `owner` does.
    """
    files = {
        name: resources.find("templates", name).absolute() for name in resources.names("templates", "*/*.typ")
    }
    roots = {path.parent.parent for path in files.values()}
    if len(roots) == 1:
        return roots.pop()
    folder = Path(tempfile.mkdtemp(prefix="kit-templates-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    for name, path in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, folder / name)
    return folder


def _box(raw: dict[str, Any]) -> Box:
    rounded = {key: round(raw[key], 2) for key in ("x", "y", "w", "h", "size_px")}
    return Box(role=raw["role"], text=raw["text"], font=raw.get("font"), page=raw.get("page"), **rounded)


@cache
def _cmap(path: str) -> set[str]:
    with TTFont(path, lazy=True) as font:
        return {chr(code) for code in font.getBestCmap()}


def _explained(error: typst.TypstError, template: str, job: Job) -> Exception:
    if _OVERFLOW not in error.message:
        return WorkError(f"templates/{template}: {error.message}", error.diagnostic)
    found = read_json(error.message.split(_OVERFLOW, 1)[1])
    if "over" not in found:
        return DoesNotFit(
            f"{job.id}: this text does not fit at its smallest size: {found['text']}", "shorten it"
        )
    return DoesNotFit(
        f"{job.piece} in {job.language}, {job.format}: the {found['role']} {found['text']!r} does not fit: "
        f"{max(1, math.ceil(found['over']))} px too {found['axis']} at its smallest size, {found['floor']:.0f} px",
        "shorten the text, or leave the piece out of this format",
    )
