"""Characters that nobody sees or that reverse what is seen, and digits that are not 0 to 9: one place for both doors.

The loader refuses them in every YAML file, the checks look for them in every finished text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex

_UNSEEN = regex.compile(
    # in an emoji, after a picture or within the picture of a key: its presentation and its joiner
    r"(?:(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))(*SKIP)(*FAIL)"
    r"|[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Co}\u2800\ufffc"
    r"\p{Zl}\p{Zp}[\p{Cc}--[\t\n\r]][\p{Cf}--\p{Prepended_Concatenation_Mark}]]",
    regex.V1,
)
"""UAX #9 (bidirectional controls) and UAX #44 (default-ignorables), as of Unicode 15: `17`, a zero-width
space and `25` are read as 1725, and U+202E before 3919 shows 9193 (both measured, 2026-11-30). A Braille
pattern without dots and the object replacement character are symbols to Unicode, and show nothing either."""
_OWN_ISOLATE = regex.compile("\u2066([^\u2066-\u2069\n]*)\u2069")
_PICTURES_OF_NUMBERS = {"\U0001f51f": "10", "\U0001f522": "1234", "\U0001f4af": "100"}


def _is_plain(text: str) -> bool:
    """Most texts, told apart at once: ASCII without controls."""
    return text.isascii() and text.isprintable()


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """Where characters stand that show nothing themselves, and which."""
    if not _is_plain(text):
        yield from ((found.start(), found.group()) for found in _UNSEEN.finditer(text))


def without_unseen(text: str) -> str:
    """The text as it is seen: what reads as one number is one number."""
    return text if _is_plain(text) else str(_UNSEEN.sub("", text))


def without_isolates(text: str) -> str:
    """The text without the isolates that the kit sets around a number in right-to-left plain text.

    Only whole pairs: one that is opened and never closed turns what follows it.
    """
    return str(_OWN_ISOLATE.sub(r"\1", text))


def name_of(character: str) -> str:
    """`U+200B (ZERO WIDTH SPACE)`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


@lru_cache(maxsize=4096)
def digits_in(character: str) -> str:
    """What this character says in digits 0 to 9, empty when it says none: `3` for ٣, ³, ３ and 𝟑, `10` for ⑩."""
    if character in _PICTURES_OF_NUMBERS:
        return _PICTURES_OF_NUMBERS[character]
    if character.isnumeric() and unicodedata.category(character)[0] == "N":
        value = unicodedata.numeric(character)
        if value == int(value):
            return str(int(value))
    plain = unicodedata.normalize("NFKC", character)
    return plain if any("0" <= one <= "9" for one in plain) else ""


def with_plain_digits(text: str) -> str:
    """The text with every other digit written 0 to 9, so that ١٧, 𝟏𝟕 and 17 are the same number."""
    if text.isascii():
        return text
    return "".join(one if one.isascii() else digits_in(one) or one for one in text)


def escaped(text: str) -> str:
    """For a terminal: what would move its cursor, colour it or begin a line is written as an escape."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or unicodedata.category(one) == "Zs" else ascii(one)[1:-1] for one in text
    )
