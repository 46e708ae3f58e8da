"""French micro-typography."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit.tables.languages import LANGUAGES
from kit.text.typography import APOSTROPHE, NARROW, NBSP, apply_typography, for_platform, french, join_list

# pieces that meet each other's rules, more often than random characters would
PIECES = st.sampled_from(
    [" ", NBSP, NARROW, ":", ";", "!", "?", "«", "»", "'", APOSTROPHE, "//", "https://", "http://a.fr/?q=l'a",
     "a", "é", "24", "7", "h", "/", ".", "\n", "-", "…", "(", "\u2066", "١"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40))


@given(TEXTS)
@example("« a » : « ! » ? ;  :")
@example(f"4 a{NBSP}: b{NARROW} !")
def test_setting_a_text_twice_changes_nothing(text: str) -> None:
    assert french(french(text)) == french(text)


@given(TEXTS)
def test_only_spaces_and_apostrophes_change(text: str) -> None:
    def bare(given: str) -> str:
        return "".join(c for c in given if c not in (" ", NBSP, NARROW)).replace(APOSTROPHE, "'")

    assert bare(french(text)) == bare(text)


@given(TEXTS)
def test_no_line_may_begin_with_the_punctuation_that_closes_a_phrase(text: str) -> None:
    outside = french(text.replace("//", ""))
    assert not any(f" {mark}" in outside for mark in ":;!?»")
    assert "« " not in outside


@given(st.text(max_size=10), st.from_regex(r"https?://[!-~]{1,30}", fullmatch=True), st.text(max_size=10))
@example("voir :", "https://a.fr/?q=l'a", "!")
def test_an_address_is_never_touched(before: str, address: str, after: str) -> None:
    assert address in french(f"{before} {address} {after}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Sources : mai", f"Sources{NBSP}: mai"),
        ("Parler ?", f"Parler{NARROW}?"),
        ("Parler  ?!", f"Parler{NARROW}?!"),
        ("l'adresse d'un ami", f"l{APOSTROPHE}adresse d{APOSTROPHE}un ami"),
        ("l'« aide »", f"l{APOSTROPHE}«{NBSP}aide{NBSP}»"),
        ("«aide»", f"«{NBSP}aide{NBSP}»"),
        ("25 secondes", f"25{NBSP}secondes"),
        ("116 006", f"116{NBSP}006"),
        (f"24{NBSP}h/24 et 7{NBSP}j/7", f"24{NBSP}h/24 et 7{NBSP}j/7"),
        ("24 h/24 et 7 j/7", f"24{NBSP}h/24 et 7{NBSP}j/7"),
        ("de 13:00 à 20:00", "de 13:00 à 20:00"),
        ("voir https://a.fr : oui", f"voir https://a.fr{NBSP}: oui"),
        ("«https://a.fr»", f"«{NBSP}https://a.fr{NBSP}»"),
        ("déjà(!)", "déjà(!)"),
    ],
)
def test_french_is_set_by_its_rules(typed: str, expected: str) -> None:
    assert french(typed) == expected


def test_another_language_keeps_its_spaces_but_no_line_ends_in_a_number() -> None:
    english, turkish = LANGUAGES["en"], LANGUAGES["tr"]
    assert apply_typography("Ready ? It's 25 seconds", english) == f"Ready ? It’s 25{NBSP}seconds"
    assert apply_typography("3919'a ulaşma, 24/7 ve 4 yol", turkish) == f"3919’a ulaşma, 24/7 ve 4{NBSP}yol"
    assert apply_typography("7 天'", LANGUAGES["zh"]) == "7 天'"


def test_a_list_is_parted_as_its_language_parts_it() -> None:
    assert join_list(["17", "114"], LANGUAGES["fr"]) == "17, 114"
    assert join_list(["17", "114"], LANGUAGES["zh"]) == "17、114"
    assert join_list(["17", "114"], LANGUAGES["ar"]) == "17، 114"


def test_an_address_in_another_language_stays_as_it_was_typed() -> None:
    assert apply_typography("https://x.fr/it's?a=4 b", LANGUAGES["en"]).startswith("https://x.fr/it's?a=4")


@given(st.text())
def test_a_post_holds_no_narrow_space(text: str) -> None:
    assert NARROW not in for_platform(text)
    assert len(for_platform(text)) == len(text)


@pytest.mark.parametrize(
    ("code", "word", "capitals"),
    [("tr", "acil durum için", "ACİL DURUM İÇİN"), ("fr", "à l’aide", "À L’AIDE")],
)
def test_capitals_are_those_of_the_language(code: str, word: str, capitals: str) -> None:
    assert LANGUAGES[code].upper(word) == capitals
