"""French micro-typography: people type plain spaces and straight apostrophes, the kit sets them.

Rules (content reference §7): no-break space before the colon and inside guillemets, narrow
no-break space before ; ! ?, curly apostrophe. Applying it twice changes nothing.
"""

from __future__ import annotations

import re

NBSP = "\u00a0"
NARROW = "\u202f"
APOSTROPHE = "\u2019"
_SPACES = f"[ {NBSP}{NARROW}]"
_ADDRESS = re.compile(r"(\w+://[^\s»]*)")


def french(text: str) -> str:
    """Set one text by French rules. An address (`https://…`) stays as it is, to the last character."""
    # every second part is an address
    return "".join(part if n % 2 else _french(part) for n, part in enumerate(_ADDRESS.split(text)))


def _french(text: str) -> str:
    text = re.sub(r"(?<=[^\W\d_])'(?=[\w«])", APOSTROPHE, text)
    text = re.sub(rf"{_SPACES}+([;!?])", rf"{NARROW}\1", text)
    text = re.sub(rf"{_SPACES}+:", f"{NBSP}:", text)
    # a number keeps the word it counts, and its own groups: no line ends in "4"; h/24 counts nothing
    text = re.sub(r"(?<![\d/:])(\d+) (?=\w)", rf"\1{NBSP}", text)
    text = re.sub(rf"«{_SPACES}*", f"«{NBSP}", text)
    return re.sub(rf"{_SPACES}*»", f"{NBSP}»", text)


def set_text(text: str, language_tag: str) -> str:
    """Set one text by the rules of its language."""
    return french(text) if language_tag == "fr" else text


def for_platform(text: str) -> str:
    """The same text for a post: U+202F becomes U+00A0.

    Why: X weighs the narrow space as two characters, and several clients' fonts lack it.
    """
    return text.replace(NARROW, NBSP)
