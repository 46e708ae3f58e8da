"""Refuses an SVG that runs code, loads other files, expands without end or has no size.

No list of forbidden things is ever complete: `svg_picture.py`, which draws what passes here, is the second protection.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import warnings
from xml.parsers import expat

from kit.errors import InputError, Mistake
from kit.render.image_file import WORKING_PIXELS, picture_header

MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
_MOST_MISTAKES = 20
_REFUSED = {
    "script": "a script; export the drawing without it",
    "foreignObject": "a foreignObject; export it as plain SVG, without editing data",
    "text": "text; convert text to outlines, since its font does not travel with it",
    **dict.fromkeys(("animate", "animateMotion", "animateTransform", "set"), "an animation; export a still"),
}
_CSS = frozenset({
    "style", "clip-path", "cursor", "fill", "filter", "marker", "marker-end", "marker-mid", "marker-start",
    "mask", "stroke",
})  # fmt: skip
"""Attributes that are CSS and may hold an address: `style`, and the presentation attributes that take a url()
(SVG 2, 6.6 and its property index, 2018-10). The others take words, numbers and colours."""
_OF_SVG = (
    "",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
"""Namespaces whose attributes a renderer reads; what editors note in their own is nothing to it."""
_LENGTH = re.compile(
    r"\s*\+?([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)(?:px|pt|pc|mm|cm|in|em|ex)?\s*", re.IGNORECASE
)
_URL = re.compile(r"url\(\s*['\"]?\s*([^'\")]*)", re.IGNORECASE)
_EMBEDDED = re.compile(r"\s*data:image/(?:png|jpe?g);base64,", re.IGNORECASE)


def check_svg(text: str, name: str) -> None:
    """Raise InputError with every mistake of the file at once, or return. `name` is what messages call it."""
    _Check(name).read(text)


class _Check:
    """One reading of one file, as libexpat reports it; mistakes are gathered until the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        self.depth = self.elements = self.pixels = 0
        self.style: list[str] | None = None
        self.parser = parser = expat.ParserCreate("utf-8", "\n")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def read(self, text: str) -> None:
        """Raise InputError with every mistake, or return."""
        try:
            self.parser.Parse(text, True)
        except expat.ExpatError as error:
            what = f"is not readable as SVG: {expat.ErrorString(error.code)}; export it anew"
            self.mistakes.append(Mistake(self.name, error.lineno, error.offset + 1, "", what))
        if self.mistakes:
            raise InputError(mistakes=self.mistakes)

    def _refuse(self, what: str) -> None:
        place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.mistakes.append(Mistake(self.name, *place, "", what))
        if len(self.mistakes) >= _MOST_MISTAKES:
            raise InputError(mistakes=self.mistakes)

    def _stop(self, what: str) -> None:
        self._refuse(what)
        raise InputError(mistakes=self.mistakes)

    def _doctype(self, *_: object) -> None:
        self._stop("has a DOCTYPE, which can hide a bomb; delete that line, or export it as plain SVG")

    def _instruction(self, target: str, _: str) -> None:
        if target == "xml-stylesheet":
            self._refuse("loads a stylesheet from elsewhere; export it with its styles inside")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition("\n")[2]
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH:
            self._stop(f"is nested more than {MAX_DEPTH} deep; export it flattened")
        if self.elements > MAX_ELEMENTS:
            self._stop(f"has more than {MAX_ELEMENTS:,} elements; export it simplified")
        if self.elements == 1:
            self._root(local, attributes)
        if local in _REFUSED:
            self._refuse(f"has {_REFUSED[local]}")
        if local == "style":
            self.style = []
        for key, value in attributes.items():
            namespace, _, local_key = key.rpartition("\n")
            if namespace in _OF_SVG:
                self._attribute(local_key.lower(), value)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self.style is not None and tag.rpartition("\n")[2] == "style":
            self._css("".join(self.style))
            self.style = None

    def _text(self, text: str) -> None:
        if self.style is not None:
            self.style.append(text)

    def _root(self, local: str, attributes: dict[str, str]) -> None:
        if local != "svg":
            self._stop(f"starts with <{local[:30]}>, not <svg>; export it as SVG")
        sides = [attributes.get(side, "") for side in ("width", "height")]
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        if not ((len(box) == 4 and all(map(_is_positive, box[2:]))) or all(map(_is_positive, sides))):
            self._refuse("has no size; give <svg> a viewBox, or a width and a height above 0")

    def _attribute(self, key: str, value: str) -> None:
        if key.startswith("on"):
            self._refuse(f"has a script in {key[:30]}=; export the drawing without it")
        elif key in ("href", "src"):
            self._link(value)
        elif key in _CSS:
            self._css(value)

    def _css(self, css: str) -> None:
        """A style sheet, or an attribute that is read as one: each may hold a url()."""
        if "@import" in css.lower():
            self._refuse("loads a stylesheet from elsewhere; export it with its styles inside")
        if "\\" in css:
            self._refuse("has a \\ in its styles, which can hide an address; export it as plain SVG")
        for link in _URL.findall(css):
            self._link(link)

    def _link(self, link: str) -> None:
        if link.strip().startswith("#"):
            return
        if not (start := _EMBEDDED.match(link)):
            self._refuse("refers to something outside the file; embed it as PNG or JPEG, or remove it")
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = picture_header(
                    base64.b64decode("".join(link[start.end() :].split()), validate=True), self.name
                )
        except binascii.Error:
            self._refuse("holds an embedded picture that is broken; export it anew")
        except InputError as error:
            self._refuse(f"holds a picture that {error.mistakes[0].message}")
        else:
            self.pixels += image.width * image.height
            if self.pixels > WORKING_PIXELS:
                self._stop(
                    f"holds more than {WORKING_PIXELS // 1_000_000} megapixels; embed smaller pictures"
                )


def _is_positive(length: str) -> bool:
    found = _LENGTH.fullmatch(length)
    return found is not None and 0 < float(found[1]) < math.inf
