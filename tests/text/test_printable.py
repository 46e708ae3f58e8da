"""Words from outside, as a ledger, a log and a terminal may have them."""

from __future__ import annotations

import unicodedata

import pytest

from kit.text.printable import printable

NASTY = "a\x1b[2J\x1b]0;t\x07\r\nposted  2026\u2028x\u2029y\x85z\u202e3919\u2066\u200b\u200d\ufeff\ud800\x9b31m\u00ad\U000e0041"


def test_no_control_format_or_line_character_is_left() -> None:
    shown = printable(NASTY)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert shown.isprintable()


def test_a_row_of_spaces_begins_no_line_of_its_own_on_a_narrow_terminal() -> None:
    assert printable(f"no{' ' * 200}posted\u00a0\u3000\t2026") == "no posted 2026"


@pytest.mark.parametrize("words", ["Écoutez : « 3919 »", "اتصل 3919", "拨打 3919", "зателефонуйте 👩🏽"])
def test_ordinary_words_of_any_script_stay(words: str) -> None:
    assert printable(words) == words


def test_the_length_is_bounded_and_the_cut_is_seen() -> None:
    assert printable("x" * 10_000_000, 10) == "xxxxxxxxx…"
    assert printable(None) == "None"
