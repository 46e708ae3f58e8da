"""Whether a text that a platform shows is the text that was sent."""

from __future__ import annotations

import re
import unicodedata

_PATH_END = re.compile(r"/(?=$|[\s,.;:!?)»\]])")


def plain_words(text: str) -> str:
    """A text for comparing: NFC, white space as one space, addresses without scheme and trailing slash.

    Why: X makes `http://example.fr/` of a bare `example.fr`, and a page's text loses its line breaks.
    """
    text = re.sub(r"https?://", "", unicodedata.normalize("NFC", text))
    return " ".join(_PATH_END.sub("", text).split())


def same_text(shown: object, sent: str) -> bool:
    """Whether both say the same to a reader. What is no text is not the same."""
    return isinstance(shown, str) and plain_words(shown) == plain_words(sent)
