r"""LinkedIn's «little text»: plain text with `\` before the characters that it reserves.

An unescaped one cuts the post off there, silently (composio #2710). A hashtag is a template of its own,
so that it stays a link (learn.microsoft.com, little-text-format, li-lms-2026-05).
"""

from __future__ import annotations

import re

from kit.text.length import hashtag_places

_RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_WRITTEN = re.compile(r"\{hashtag\|\\?#\|((?:\\.|[^\\}])*)\}|\\(.)", re.DOTALL)


def little(text: str) -> str:
    """A plain text as LinkedIn wants it."""
    parts = []
    at = 0
    for tag in hashtag_places(text):
        parts += [_escaped(text[at : tag.start()]), rf"{{hashtag|\#|{_escaped(tag.group()[1:])}}}"]
        at = tag.end()
    return "".join([*parts, _escaped(text[at:])])


def plain(written: str) -> str:
    """What readers see of it."""
    return _WRITTEN.sub(lambda found: found[2] if found[1] is None else f"#{plain(found[1])}", written)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
