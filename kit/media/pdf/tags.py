"""What a screen reader finds in a PDF: its structure tree, language and title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pikepdf import Array, Dictionary, Pdf

from kit.media.pdf.model import NotAPdf, Tags

MAX_PARTS = 50_000
"""A limit against malicious files."""


def tags_of(document: Pdf) -> Tags:
    """The tags of a document. Raises NotAPdf for a tree without end."""
    root = document.Root
    metadata = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True)
    title, part = metadata.get("dc:title"), metadata.get("pdfuaid:part")
    tree = root.get("/StructTreeRoot", Dictionary())
    names = {str(key): str(name)[1:] for key, name in tree.get("/RoleMap", Dictionary()).as_dict().items()}
    roles: Counter[str] = Counter()
    unnamed = 0
    for element in _elements(tree):
        role = names.get(str(element.S), str(element.S)[1:])
        roles[role] += 1
        spoken = str(element.get("/Alt", "")) + str(element.get("/ActualText", ""))
        unnamed += role in ("Figure", "Formula") and not spoken.strip()
    return Tags(
        has_tree="/StructTreeRoot" in root,
        marked=root.get("/MarkInfo", Dictionary()).get_bool("/Marked", False),
        language=str(root.Lang) if "/Lang" in root else None,
        title=str(title) if title is not None else None,
        title_shown=root.get("/ViewerPreferences", Dictionary()).get_bool("/DisplayDocTitle", False),
        ua_part=str(part) if part is not None else None,
        roles=tuple(sorted(roles.items())),
        figures_without_alt=unnamed,
    )


def _elements(tree: Any) -> Iterator[Any]:
    """Every structure element, each once. Kids may be numbers, arrays, or references to content."""
    left, met = [tree.get("/K", Array())], set()
    for _ in range(MAX_PARTS):
        if not left:
            return
        kid = left.pop()
        if isinstance(kid, Array):
            left += list(kid)
        elif isinstance(kid, Dictionary) and "/S" in kid and kid.objgen not in met:
            met |= {kid.objgen} - {(0, 0)}
            yield kid
            left.append(kid.get("/K", Array()))
    raise NotAPdf(f"more than {MAX_PARTS:,} tags")
