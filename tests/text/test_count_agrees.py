"""Our counting against implementations that share no code with it, on generated texts.

X: the published configuration (twitter-text v3: ranges, weights, 23 for an address, an emoji as one),
written out here; `make count` asks X's own JavaScript as well. Graphemes: uniseg. Mastodon: the rule of
its composer, on those graphemes.
"""

from __future__ import annotations

import re
import unicodedata

import pytest
import regex
from uniseg.graphemecluster import grapheme_clusters

from kit.tables.platforms import PLATFORMS
from kit.text.length import graphemes, length, mastodon, threads, x_has_url, x_weighted
from tests.text.texts import EMOJI, LINKS, texts

COUNT = 1_500
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
LINK = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+(?:fr|org|com|net)(?:/\S*)?")
TYPED = re.compile(r"https?://\S+")


def x_by_the_book(text: str) -> int:
    """Word by word: an address is 23, an emoji 2, else each character by its range."""
    return sum(
        1 if part in " \n" else 23 if LINK.fullmatch(part) else _weight(part)
        for part in re.split(r"([ \n])", unicodedata.normalize("NFC", text))
        if part
    )


def _weight(word: str) -> int:
    total = 0
    for cluster in grapheme_clusters(word):
        if regex.search(r"[\p{Emoji_Presentation}\u20e3]|\p{Emoji}\ufe0f|\p{Regional_Indicator}{2}", cluster):
            total += 2
        else:
            total += sum(1 if any(a <= ord(c) <= b for a, b in LIGHT) else 2 for c in cluster)
    return total


def test_x_counts_as_the_published_configuration_does() -> None:
    wrong = [
        (text, x_weighted(text), x_by_the_book(text))
        for text in texts(COUNT)
        if x_weighted(text) != x_by_the_book(text)
    ]
    assert wrong == []


def test_the_texts_are_hard_ones() -> None:
    """A generator that writes plain words would let any count pass."""
    made = list(texts(COUNT))
    assert sum(any(sign in text for sign in EMOJI) for text in made) > COUNT / 2
    assert sum(any(link in text for link in LINKS) for text in made) > COUNT / 3
    assert sum(x_weighted(text) != len(text) for text in made) > COUNT * 0.8
    assert len(set(made)) > COUNT * 0.95


def test_a_post_on_x_has_a_link_where_the_book_sees_one() -> None:
    for text in texts(COUNT):
        parts = re.split(r"[ \n]+", text)
        assert x_has_url(text) == any(LINK.fullmatch(part) for part in parts), text


def test_bluesky_graphemes_agree_and_bytes_are_counted_apart() -> None:
    for text in texts(COUNT):
        assert graphemes(text) == len(list(grapheme_clusters(text))), text
    bluesky = PLATFORMS["bluesky"]
    families = "👩‍👩‍👧‍👦" * 121
    assert length(families, bluesky) == 121 <= bluesky.max_text
    assert bluesky.max_bytes and len(families.encode()) > bluesky.max_bytes


def test_mastodon_counts_a_typed_address_as_23_and_a_bare_domain_in_full() -> None:
    for text in texts(COUNT):
        assert mastodon(text) == len(list(grapheme_clusters(TYPED.sub("x" * 23, text)))), text
    assert mastodon("nerienlaisserpasser.fr") == 22
    assert mastodon("@une@serveur.example ça") == len("@une ça")


def test_threads_takes_the_higher_of_two_counts() -> None:
    for text in texts(200):
        assert threads(text) >= graphemes(text)


@pytest.mark.parametrize(
    ("text", "weight"), [("…", 2), ("\u202f", 2), ("\u00a0", 1), ("€", 2), ("« é »", 5), ("👩‍👩‍👧‍👦", 2)]
)
def test_the_french_traps_weigh_what_was_measured(text: str, weight: int) -> None:
    assert (
        x_weighted(text)
        == weight
        == sum(x_by_the_book(part) if part != " " else 1 for part in re.split("( )", text) if part)
    )
