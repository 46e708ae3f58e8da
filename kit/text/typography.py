"""Micro-typography: people type plain spaces and straight apostrophes; here they become those that print uses.

French rules: no-break space before the colon and inside guillemets, narrow no-break space before
; ! ?, curly apostrophe. Applying them twice changes nothing. Which rules a language has is in its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kit.tables.languages import Language

NBSP = "\u00a0"
NARROW = "\u202f"
APOSTROPHE = "\u2019"
_SPACES = f"[ {NBSP}{NARROW}]"
_ADDRESS = re.compile(r"(\w+://[^\s»]*)")


def french(text: str) -> str:
    """Set one text by French rules. An address (`https://…`) stays as it is, to the last character."""
    return _outside_addresses(_french, text)


def _outside_addresses(rules: Callable[[str], str], text: str) -> str:
    # every second part is an address
    return "".join(part if n % 2 else rules(part) for n, part in enumerate(_ADDRESS.split(text)))


def _spaced(text: str) -> str:
    """What all languages that separate words with spaces have in common."""
    text = re.sub(r"(?<=\w)'(?=[\w«])", APOSTROPHE, text)
    # a number keeps the word it counts, and its own groups: no line ends in "4"; h/24 counts nothing
    return re.sub(r"(?<![\d/:])(\d+) (?=\w)", rf"\1{NBSP}", text)


def _french(text: str) -> str:
    text = _spaced(text)
    text = re.sub(rf"{_SPACES}+([;!?])", rf"{NARROW}\1", text)
    text = re.sub(rf"{_SPACES}+:", f"{NBSP}:", text)
    text = re.sub(rf"«{_SPACES}*", f"«{NBSP}", text)
    return re.sub(rf"{_SPACES}*»", f"{NBSP}»", text)


def apply_typography(text: str, language: Language) -> str:
    """Set one text by the rules of its language."""
    if language.typography == "french":
        return french(text)
    return text if language.typography == "unspaced" else _outside_addresses(_spaced, text)


def join_list(words: Iterable[str], language: Language) -> str:
    """A list of words, with the separator of their language."""
    return language.list_joiner.join(words)


def label_with(label: str, what: str) -> str:
    """A label and what it says; a full-width colon brings its own space."""
    return label + ("" if label.endswith("：") else " ") + what


def for_platform(text: str) -> str:
    """The same text for a post: U+202F becomes U+00A0.

    Why: X weighs the narrow space as two characters, and several clients' fonts lack it.
    """
    return text.replace(NARROW, NBSP)


def set_apart(text: str, addresses: Iterable[str]) -> str:
    """The text with a space between each address and the Chinese that it touches: twitter-text may see none without.

    Its own advice (github.com/twitter-archive/twitter-text-js, issue 131, read 2026-11-30).
    """
    for address in addresses:
        text = re.sub(rf"(?<=[\u2e80-\uffef])(?={re.escape(address)})", " ", text)
        text = re.sub(rf"(?<={re.escape(address)})(?=[\u2e80-\u2fff\u3040-\uff00])", " ", text)
    return text
