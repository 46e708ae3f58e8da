"""Reading finished HTML: what a person sees of it, and where it leads.

Checks look at the final bytes, not at what a template was given. So these functions know nothing
of the page's template but one agreement: digits that are no facts (sizes, checksums, counts) stand
in elements marked `data-technical`, and all other text is held to the facts.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_INLINE = frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "dfn", "em", "i", "kbd", "label",
        "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
    )
)  # fmt: skip
"""Elements that stand within a line; every other one begins a block of its own."""
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_UNSEEN = frozenset(("script", "style", "template"))
_ADDRESS_ATTRIBUTES = ("href", "src", "poster", "action", "data")
_SPOKEN_ATTRIBUTES = (
    "alt",
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "placeholder",
    "label",
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
_SPACE = re.compile(r"[ \t\r\n\f]+")  # HTML's own: a no-break space is not one of them


def visible_text(html: str) -> tuple[str, ...]:
    """The blocks of text a person reads, in order, without scripts, hidden and technical parts.

    The alternative text of a picture counts: it is read aloud, and shown where the picture fails.
    Each line of preformatted text is a block, as in the file it was taken from.
    """
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return tuple(reader.blocks)


def spoken_attributes(html: str) -> tuple[str, ...]:
    """What attributes say: names for screen readers, tips, the description that other sites show of the page."""
    reader = _AttributeReader()
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys(reader.texts))


def links_of(html: str) -> tuple[str, ...]:
    """Every address the page leads to or loads from (href, src, poster…), local ones too, each once."""
    reader = _LinkReader()
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys(reader.links))


def external_links(html: str) -> tuple[str, ...]:
    """Those of `links_of` that leave the kit's own files: https, tel, sms, and whatever else does."""
    return tuple(link for link in links_of(html) if is_external(link))


def is_external(link: str) -> bool:
    """Whether following the link leaves the kit. A picture within the page (`data:image/`) does not.

    An unknown scheme counts as external, so that a check sees `javascript:` instead of missing it.
    """
    return not link.startswith("data:image/") and _ELSEWHERE.match(link.strip()) is not None


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._line = ""
        self._open: list[tuple[str, bool]] = []  # (tag, whether what is in it is unseen)
        self._preformatted = 0

    @property
    def _unseen(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def end_block(self) -> None:
        if text := _SPACE.sub(" ", self._line).strip(" "):
            self.blocks.append(text)
        self._line = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        unseen = self._unseen or tag in _UNSEEN or "hidden" in given or "data-technical" in given
        if tag not in _INLINE and not self._unseen:
            self.end_block()
        if tag == "img" and not unseen and given.get("alt"):
            self.blocks.append(_SPACE.sub(" ", given["alt"] or "").strip(" "))
        if tag in _VOID:
            return
        self._open.append((tag, unseen))
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while True:
            name, _ = self._open.pop()
            self._preformatted -= name == "pre"
            if name not in _INLINE and not self._unseen:
                self.end_block()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if not self._preformatted:
            self._line += data
            return
        first, *others = data.split("\n")
        self._line += first
        for line in others:
            self.end_block()
            self._line = line


class _AttributeReader(HTMLParser):
    """An element marked `data-technical` speaks of sizes and counts, as its text does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "data-technical" in given:
            return
        names: tuple[str, ...] = _SPOKEN_ATTRIBUTES
        described = f"{given.get('name') or ''} {given.get('property') or ''}"
        if tag == "meta" and ("description" in described or "title" in described):
            names = (*names, "content")
        self.texts += [text for name in names if (text := given.get(name))]


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _ADDRESS_ATTRIBUTES and value:
                self.links.append(value.strip())
            elif name == "srcset" and value:
                self.links += [part.split()[0] for part in value.split(",") if part.strip()]
