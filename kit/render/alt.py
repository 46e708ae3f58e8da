"""The full alternative text: everything a picture shows, in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from kit.model.artifact import Box
from kit.model.plan import ToolView

MAX_ALT_FULL = 1000


def full_alt(boxes: Sequence[Box], tools: Sequence[ToolView]) -> str:
    """All text shown as sentences: what a person who cannot see it needs.

    A number keeps the words beside it ("114 par SMS"): read aloud alone, 114 is a number to call.
    Where the limit would be passed (a clip shows some strings twice) what was said is left out.
    """
    besides = {tool.beside for tool in tools}
    parts: list[str] = []
    for before, box in zip([None, *boxes], boxes, strict=False):
        if not box.text:
            continue
        if box.text in besides and before is not None and before.role == "number":
            parts[-1] = f"{parts[-1]} {box.text}"
        else:
            parts.append(box.text)
    text = _sentences(parts)
    return text if len(text) <= MAX_ALT_FULL else _sentences(list(dict.fromkeys(parts)))[:MAX_ALT_FULL]


def _sentences(parts: list[str]) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)
