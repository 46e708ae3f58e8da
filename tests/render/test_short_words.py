"""The words that stay with what follows them: letters are told by what they are not, since that is ten times as fast."""

from __future__ import annotations

import re

import regex
from hypothesis import given
from hypothesis import strategies as st

from kit.resources import DEFAULTS

BREAKS = (DEFAULTS / "templates/base/breaks.typ").read_text(encoding="utf-8")
BY_CLASS = regex.compile("(^|[ \u00a0\n(])([\\p{L}’']{1,3}|\\d{1,2}) ")

# the scripts of the kit's languages, their marks and digits, and signs that may stand alone
LETTERS = "aàçéñöşğıİßœœЖіїґбпا ب ت مَن ٱ ء ى ؤ"
SIGNS = "&€$·°º§#@%*+-–—_=<>[]{}|\\/^~`«»“”‘’'\"¿¡!?؟،؛:;.,…()†×÷№\u202f\u2009\u200f\u2066\u2069\ufe0f→✓⚠📞\u0301\u0651"
DIGITS = "0123456789٣٤۱"


def shipped() -> re.Pattern[str]:
    """The pattern of the template, which Rust's regex and Python's read alike."""
    letters = re.search(r'#let no-letter = "(.*)"', BREAKS)
    whole = re.search(r'#let short-word\(\) = regex\("(.*)" \+ no-letter \+ "(.*)"\)', BREAKS)
    assert letters and whole
    joined = whole[1] + letters[1] + whole[2]
    return re.compile(re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: re.escape(chr(int(m[1], 16))), joined))


@given(
    st.lists(st.one_of(st.sampled_from(LETTERS + SIGNS + DIGITS), st.sampled_from(" \u00a0\n(")), max_size=16)
)
def test_short_words_are_those_that_the_class_of_letters_finds(characters: list[str]) -> None:
    text = "".join(characters)
    assert [m.span() for m in shipped().finditer(text)] == [m.span() for m in BY_CLASS.finditer(text)]


def test_every_character_of_the_kits_scripts_is_a_letter_or_none_as_unicode_says() -> None:
    pattern = shipped()
    scripts = [
        *range(0x21, 0x250),
        *range(0x400, 0x530),
        *range(0x600, 0x6DD),
        *range(0x2000, 0x2070),
        *range(0x20A0, 0x20D0),
        *range(0x2190, 0x2C00),
        *range(0x1F300, 0x1F650),
    ]
    told = {c: bool(pattern.match(f"{chr(c)} ")) for c in scripts}
    meant = {c: bool(BY_CLASS.match(f"{chr(c)} ")) for c in scripts}
    assert [f"U+{c:04X}" for c in scripts if told[c] != meant[c]] == []
