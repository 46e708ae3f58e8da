"""Characters as each platform counts them, against a second implementation and known traps."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kit.model.campaign import Campaign
from kit.tables.platforms import PLATFORMS
from kit.text.length import (
    _ALONE,
    graphemes,
    hashtags,
    length,
    mastodon,
    threads,
    utf16_units,
    x_has_url,
    x_weighted,
)

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇫🇷"
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points of weight 1 on X (docs.x.com, "Counting characters"); all others weigh 2."""


def x_by_the_ranges(text: str) -> int:
    """X's rule, written again without its library: no emoji here, and addresses have a scheme."""
    text = unicodedata.normalize("NFC", text)
    rest = re.sub(r"https?://[a-z]+\.(?:fr|org)(?:/[a-z]*)?", "", text)
    addresses = len(re.findall(r"https?://[a-z]+\.(?:fr|org)(?:/[a-z]*)?", text))
    return 23 * addresses + sum(1 if any(a <= ord(c) <= b for a, b in LIGHT) else 2 for c in rest)


# no emoji, no dot (a bare domain is a link on X), no combining mark that NFC would merge
CHARACTERS = st.characters(
    codec="utf-8", categories=("Lu", "Ll", "Lt", "Lo", "Nd", "Zs", "Pd", "Ps", "Pe", "Pi", "Pf", "Sc"),
    max_codepoint=0x2FFF, exclude_characters="@#$",
)  # fmt: skip
ADDRESSES = st.sampled_from([" https://a.fr ", " https://violences.org/aide ", " http://exemple.fr/ "])


@given(st.lists(st.one_of(st.text(CHARACTERS, max_size=12), ADDRESSES), max_size=8).map("".join))
def test_x_agrees_with_a_second_implementation(text: str) -> None:
    assert x_weighted(text) == x_by_the_ranges(text)


@given(st.text(max_size=60))
def test_every_count_answers_for_any_text(text: str) -> None:
    for platform in PLATFORMS.values():
        assert 0 <= length(text, platform) <= 30 * len(text) + 23


# a joiner, a mark, a keycap, a flag, an emoji, a modifier, ©, Hangul, a carriage return: what joins with neighbours
MIXED = st.lists(
    st.one_of(st.text(CHARACTERS, max_size=4), st.sampled_from(
        ["\u200d", "\u0301", "1\ufe0f\u20e3", "🇫", "🇷", "👩", "🏽", "©", "\u1100", "\u1161", "\r", "\n", "\u00ad", "\u0600"]
    )), max_size=12,
).map("".join)  # fmt: skip


@given(MIXED)
def test_graphemes_are_those_of_the_unicode_rule_whichever_way_they_are_counted(text: str) -> None:
    assert graphemes(text) == len(regex.findall(r"\X", text))


def test_no_character_that_is_counted_alone_joins_with_another() -> None:
    alone = [chr(c) for c in range(0x3000) if _ALONE.fullmatch(chr(c))]
    assert {"é", "’", "«", "€", "\u202f", "…"} <= set(alone)
    joined = [
        (a, b) for b in alone for a in ("a", "\n", "©", "\u203c", b) if len(regex.findall(r"\X", a + b)) != 2
    ]
    assert not joined


@given(MIXED)
def test_threads_counts_an_emoji_by_its_bytes_and_all_else_by_its_characters(text: str) -> None:
    emoji = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")
    clusters = regex.findall(r"\X", text)
    assert threads(text) == sum(len(c.encode()) if emoji.search(c) else len(c) for c in clusters)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("é", 1),
        ("e\u0301", 1),
        ("« ’ “ ” – — œ", 13),
        ("…", 2),
        ("€", 2),
        ("†", 2),
        ("‰", 2),
        ("\u202f", 2),
        ("\u00a0", 1),
        ("\u2066", 2),
        ("𝐠", 2),
        ("中", 2),
        ("ب", 1),
        ("Ж", 1),
        ("😀", 2),
        (FAMILY, 2),
        (FLAG, 2),
        ("👍🏽", 2),
        ("https://a.fr", 23),
        ("https://arretonslesviolences.gouv.fr/une/adresse/longue?q=1", 23),
        ("nerienlaisserpasser.fr", 23),
        ("(arretonslesviolences.gouv.fr)", 25),
        ("#NeRienLaisserPasser", 20),
    ],
)
def test_x_weighs_the_known_traps(text: str, weight: int) -> None:
    assert x_weighted(text) == weight


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("nerienlaisserpasser.fr", True),
        ("https://a.fr", True),
        ("fin.De", True),
        ("fin. De", False),
        ("3919", False),
    ],
)
def test_x_bills_a_bare_domain_as_a_link(text: str, linked: bool) -> None:
    assert x_has_url(text) is linked


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("é", 1),
        ("e\u0301", 1),
        (FAMILY, 1),
        (FLAG, 1),
        ("👍🏽", 1),
        ("\r\n", 1),
        ("नमस्ते", 3),
        ("🇫🇷🇧🇪", 2),
        ("…", 1),
    ],
)
def test_bluesky_counts_what_a_reader_sees(text: str, count: int) -> None:
    assert graphemes(text) == count


def test_a_family_is_one_grapheme_but_many_bytes() -> None:
    """Why the second limit: 121 family emoji are 121 of 300 graphemes and 3025 of 3000 bytes."""
    bluesky = PLATFORMS["bluesky"]
    assert length(FAMILY * 121, bluesky) <= bluesky.max_text
    assert len((FAMILY * 121).encode()) > (bluesky.max_bytes or 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("https://a.fr", 23),
        ("http://arretonslesviolences.gouv.fr/tres/longue/adresse", 23),
        ("nerienlaisserpasser.fr", 22),
        ("https://a.fr https://b.fr", 47),
        ("Voir https://a.fr.", 29),
        ("(https://a.fr)", 25),
        ("« https://a.fr »", 27),
        ("https://a.fr/x?y=1#z !", 25),
        ("@aide@social.example", 5),
        ("@aide@social.example, merci", 12),
        ("nom@exemple.fr", 14),
        (FAMILY, 1),
        ("…", 1),
        ("\u202f", 1),
    ],
)
def test_mastodon_counts_an_address_as_23_and_a_mention_without_its_server(text: str, count: int) -> None:
    assert mastodon(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("é", 1), ("e\u0301", 2), ("…", 1), ("😀", 4), (FAMILY, 25), (FLAG, 8), ("3️⃣", 7), ("3919", 4)],
)
def test_threads_takes_the_higher_count_of_an_emoji(text: str, count: int) -> None:
    assert threads(text) == count


@given(st.text(max_size=40))
def test_no_count_of_threads_is_below_what_a_reader_sees(text: str) -> None:
    assert threads(text) >= graphemes(text)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("é", 1), ("😀", 2), (FAMILY, 11), ("中", 1)])
def test_facebook_counts_as_javascript_does(text: str, count: int) -> None:
    assert utf16_units(text) == count


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#NeRienLaisserPasser", ["NeRienLaisserPasser"]),
        ("a #b, #c.", ["b", "c"]),
        ("#25novembre", ["25novembre"]),
        ("#25", []),
        ("#25-novembre", []),
        ("a#b", []),
        ("https://a.fr/#b", []),
        ("&#233;", []),
        ("#égalité #لا", ["égalité", "لا"]),
    ],
)
def test_a_hashtag_has_a_letter_and_stands_alone(text: str, tags: list[str]) -> None:
    assert hashtags(text) == tags


@given(st.text(st.characters(categories=["L", "Nd"], include_characters="_"), min_size=1, max_size=60))
def test_whatever_a_campaign_may_take_as_its_hashtag_is_one_in_a_text(word: str) -> None:
    taken = TypeAdapter(Annotated[str, *Campaign.model_fields["hashtag"].metadata])
    try:
        tag = taken.validate_python(f"#{word}")
    except ValidationError:
        return
    assert hashtags(f"a {tag}.") == [word]
