"""Other people's words, made fit to be shown: one door for all that a server says.

A control character clears a terminal, a line feed forges a line of a list, a bidi control shows another
address than it is. Whatever comes from outside goes through here before a ledger, a log or a terminal has it.
"""

from __future__ import annotations

import unicodedata

MOST = 300
"""Characters of a reason that a person reads."""
MOST_ID = 500
"""Of an id or an address: longer than any that a platform gives (Bluesky's are the longest, about 90)."""
MOST_RAW = 4000
"""Of a reason before tokens in it are blacked out: a token that was cut in two would not be known again."""


def printable(words: object, most: int = MOST) -> str:
    """On one line, with no control or format character, and at most `most` characters.

    Format characters (Unicode category Cf) go altogether: bidi controls and joiners, which nobody sees. Line
    and paragraph separators and the controls become spaces, and a row of spaces one: on a narrow terminal a
    long row would begin a line of its own.
    """
    shown = []
    # what is cut away later need not be looked at; a server may say megabytes
    for character in str(words)[: most * 4]:
        kind = unicodedata.category(character)
        if kind in ("Cc", "Zl", "Zp", "Zs"):
            shown.append(" ")
        elif kind[0] != "C":  # format, surrogate, private or unassigned
            shown.append(character)
    line = " ".join("".join(shown).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
