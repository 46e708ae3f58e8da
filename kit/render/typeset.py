"""Typst as a function: data in as JSON, pictures and the boxes of its own layout out.

Data never becomes code: it is passed in `sys.inputs`, so a partner's name cannot be read as markup.
"""

from __future__ import annotations

import json
import math
import re
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

from kit.errors import InputError, Mistake
from kit.media.limited import Exhausted, LimitedProcess
from kit.model.artifact import Box
from kit.model.plan import Job, ResolvedTheme
from kit.render.template_answer import wrong_with
from kit.render.typeset_worker import answer_of
from kit.resources import Resources
from kit.text.foreign_json import read_json

_OVERFLOW = "kit-overflow:"
_MAX_PAGES = 500
"""A clip has some fifty layers, each a page of its own."""
_SECONDS = 45.0
"""For one sheet of a campaign's own template: an A3 poster with a photo takes two, and a machine may be busy."""
_MEGABYTES = 2000
_LAID_OUT = re.compile(r"┌─ (?:.*/)?([^/:\s]+/[^/:\s]+\.typ):(\d+):(\d+)")
"""Where Typst's diagnostic says that it stands: the last two parts are folder and file."""
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
    _own: bool = field(default=False, init=False)
    """Whether a template is the campaign's: anyone's code, which runs in a process of its own."""

    def __post_init__(self) -> None:
        self.fonts = self.fonts or typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=self.resources.font_folders()
        )
        self.templates, self._own = _one_folder(self.resources, self)

    def compile(
        self, template: str, data: dict[str, Any], job: Job, *, label: str = "box", scale: float = 1.0
    ) -> tuple[list[bytes], list[Any]]:
        """PNG pages at 1 pt = `scale` px, and the values of all metadata of that label, in reading order.

        Raises DoesNotFit when a text does not fit above its floor, InputError at the template's line
        when it is broken itself (a designer's template is input too, but not a person's text).
        """
        return self._compiled(template, data, job, label, {"format": "png", "ppi": 72 * scale})

    def compile_pdf(
        self, template: str, data: dict[str, Any], job: Job, *, tagged: bool
    ) -> tuple[bytes, RawBoxes]:
        """One PDF and its boxes; `tagged` asks for PDF/UA-1. Errors as in `compile`."""
        wanted = {"format": "pdf", "pdf_standards": ["ua-1"] if tagged else []}
        made, values = self._compiled(template, data, job, "box", wanted)
        return made[0], values

    def _compiled(
        self, template: str, data: dict[str, Any], job: Job, label: str, wanted: dict[str, Any]
    ) -> tuple[list[bytes], list[Any]]:
        text = json.dumps(data, ensure_ascii=False)
        if self._own:
            made, values = self._asked(template, text, job, label, wanted)
        else:
            compiler = self._compiler(template)
            try:
                file = compiler.compile(sys_inputs={"data": text}, **wanted)
                values = read_json(compiler.query(f"<{label}>", field="value"))
            except typst.TypstError as error:
                raise _explained(error.message, error.diagnostic, template, job) from error
            made = file if isinstance(file, list) else [file] if file else []
        if not 0 < len(made) <= _MAX_PAGES:
            raise _refused(template, f"sets {len(made):,} pages; from 1 to {_MAX_PAGES} are right")
        if wrong := wrong_with(values, label, len(made)):
            raise _refused(template, wrong)
        return made, values

    def _asked(
        self, template: str, text: str, job: Job, label: str, wanted: dict[str, Any]
    ) -> tuple[list[bytes], list[Any]]:
        """The same from another process. Each thread has its own, as it has its own compilers."""
        if not hasattr(self._local, "process"):
            self._local.process = LimitedProcess("kit.render.typeset_worker", _SECONDS, _MEGABYTES)
        question = {
            "root": str(self.templates), "template": template, "data": text, "label": label, "wanted": wanted,
            "fonts": [str(path.absolute()) for path in self.resources.font_folders()],
        }  # fmt: skip
        try:
            answer = answer_of(self._local.process.ask(json.dumps(question).encode()))
        except Exhausted as error:
            raise _refused(template, f"{error} to set {job.id}; make it simpler") from error
        if "message" in answer:
            raise _explained(answer["message"], answer["diagnostic"], template, job)
        return answer["made"], answer["values"]

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
                raise InputError(
                    f"the font {font} was laid out but is not loaded",
                    "the template names it in <box>: fix it there",
                )
            covered |= _cmap(paths[0])
        return covered

    def _compiler(self, template: str) -> typst.Compiler:
        compilers: dict[str, typst.Compiler] = self._local.__dict__.setdefault("compilers", {})
        if template not in compilers:
            path = self.templates / template
            compilers[template] = typst.Compiler(path, root=self.templates, font_paths=self.fonts)
        return compilers[template]


def _one_folder(resources: Resources, owner: object) -> tuple[Path, bool]:
    """A folder with every Typst template as the campaign resolves it, since Typst imports from one root.

    Where the campaign overrides some, they are copied together (true), and go when `owner` does: a template can
    read whatever lies in that folder, links included, and nothing else lies in it.
    """
    names = resources.names("templates", "*/*.typ")
    files = {name: resources.find("templates", name).absolute() for name in names}
    if not any(resources.overrides_shipped("templates", name) for name in names):
        return next(iter(files.values())).parent.parent, False
    folder = Path(tempfile.mkdtemp(prefix="kit-templates-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    for name, path in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, folder / name)
    return folder, True


def _box(raw: dict[str, Any]) -> Box:
    rounded = {key: round(raw[key], 2) for key in ("x", "y", "w", "h", "size_px")}
    return Box(role=raw["role"], text=raw["text"], font=raw.get("font"), page=raw.get("page"), **rounded)


@cache
def _cmap(path: str) -> set[str]:
    with TTFont(path, lazy=True) as font:
        return {chr(code) for code in font.getBestCmap()}


def _explained(message: str, diagnostic: str, template: str, job: Job) -> InputError:
    if _OVERFLOW in message:
        try:
            return _does_not_fit(read_json(message.split(_OVERFLOW, 1)[1]), job)
        except (ValueError, KeyError, TypeError, OverflowError):
            pass  # a panic in the template's own words
    place = _LAID_OUT.search(diagnostic)
    file, line, column = (place[1], int(place[2]), int(place[3])) if place else (template, 0, 0)
    if "package" in message and "@" in diagnostic:
        message = "packages are not read; put the code itself into a file of templates/"
    return _refused(file, message, line, column)


def _does_not_fit(found: dict[str, Any], job: Job) -> DoesNotFit:
    """What our own templates say of a text before they give up. Raises KeyError or TypeError for anything else."""
    if "over" not in found:
        return DoesNotFit(
            f"{job.id}: this text does not fit at its smallest size: {found['text']}", "shorten it"
        )
    return DoesNotFit(
        f"{job.piece} in {job.language}, {job.format}: the {found['role']} {found['text']!r} does not fit: "
        f"{max(1, math.ceil(found['over']))} px too {found['axis']} at its smallest size, {found['floor']:.0f} px",
        "shorten the text, or leave the piece out of this format",
    )


def _refused(template: str, what: str, line: int = 0, column: int = 0) -> InputError:
    mistake = Mistake(f"templates/{template}", line, column, "", what)
    return InputError(str(mistake), "compare it with the shipped one", [mistake])
