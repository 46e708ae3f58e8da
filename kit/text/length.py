"""How long a text is, by each platform's own rule.

Every rule is taken after all substitution: X counts any address as 23 whatever its length, so a
count of the template would be wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex

from kit.tables.hashtags import HASHTAG
from kit.tables.platforms import Platform

# punctuation at its end is not part of an address: taken in, the count would be too low; neither are the marks that
# turn a line around, nor the signs of a script that parts words by no space
_NO_URL = r"\s<>«»\u200e\u200f\u202a-\u202e\u2066-\u2069\u3000-\u303f\uff00-\uffef"
_MASTODON_URL = re.compile(rf"https?://[^{_NO_URL}]*[^{_NO_URL}.,;:!?\"'\u2019…()\[\]،؛؟]", re.I)
_MASTODON_URL_LENGTH = 23
_MASTODON_MENTION = re.compile(r"(?<![\w/@])@(\w+)@[\w.-]+\w")
_CLUSTER = regex.compile(r"\X")
_ALONE = re.compile("[\n -~\u00a0-\u02ff\u2010-\u2027\u202f-\u205f\u20a0-\u20bf]*")
"""Characters that join with no neighbour: no combining mark, no joiner, no carriage return."""
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")
_X_PLAIN = re.compile("[\n -~\u00a0-\u00a8\u00aa-\u00ad\u00af-\u10ff\u2010-\u201f\u2026\u202f]*")
"""Characters that X weighs as one, and U+2026 and U+202F, which it weighs as two. © and ® are emoji to X and stay out."""
_X_URL_LENGTH = 23


def graphemes(text: str) -> int:
    """User-perceived characters, as Bluesky counts them: a family emoji is one."""
    return len(text) if _ALONE.fullmatch(text) else len(_CLUSTER.findall(text))


def x_weighted(text: str) -> int:
    """X's weighted length of the NFC text: addresses 23; emoji, CJK, U+2026 and U+202F 2."""
    text = unicodedata.normalize("NFC", text)
    if not _X_PLAIN.fullmatch(text):
        from twitter_text import parse_tweet

        return int(parse_tweet(text).weightedLength)
    # nothing here is an emoji: the same sum without looking at every character, ten times as fast
    urls = _x_urls(text)
    rest = sum(_X_URL_LENGTH - len(url) for url in urls)
    heavy = sum(text.count(sign) - sum(url.count(sign) for url in urls) for sign in "\u2026\u202f")
    return int(len(text) + heavy + rest)


def mastodon(text: str, url_length: int = _MASTODON_URL_LENGTH) -> int:
    """Graphemes, an address with its scheme as 23, a remote mention without its server.

    `url_length`: what an instance says that it counts, where it differs.
    """
    return graphemes(_MASTODON_URL.sub("x" * url_length, without_servers(text)))


def without_servers(text: str) -> str:
    """Remote mentions as Mastodon shows them: `@name` for `@name@server`."""
    return _MASTODON_MENTION.sub(r"@\1", text)


def threads(text: str) -> int:
    """Characters, where sources disagree on emoji (UTF-8 bytes or graphemes): the higher count."""
    if not _EMOJI.search(text):
        return len(text)
    total = 0
    for cluster in _CLUSTER.findall(text):
        total += len(cluster.encode()) if _EMOJI.search(cluster) else len(cluster)
    return total


def utf16_units(text: str) -> int:
    """Length as JavaScript and Facebook see it: characters outside the BMP are two."""
    return len(text.encode("utf-16-le")) // 2


_RULES = {
    "x": x_weighted,
    "graphemes": graphemes,
    "mastodon": mastodon,
    "threads": threads,
    "characters": len,
    "utf16": utf16_units,
}


def length(text: str, platform: Platform) -> int:
    """Length of a finished text on this platform, to compare with `platform.max_text`."""
    return _RULES[platform.counting](text)


def hashtags(text: str) -> list[str]:
    """The hashtags of a text, without the mark."""
    return [match.group()[1:] for match in HASHTAG.finditer(text)]


def has_link(text: str, platform: Platform) -> bool:
    """Whether this platform makes a link of something in the text."""
    return x_has_url(text) if platform.tappable == "bare" else any(web_addresses(text))


def x_has_url(text: str) -> bool:
    """Whether X bills this text as a post with a link (0.20 $ instead of 0.015 $, 2026-04-20).

    A bare domain counts, as twitter-text turns it into a link.
    """
    return bool(_x_urls(text))


@lru_cache(maxsize=8)
def _x_urls(text: str) -> tuple[str, ...]:
    """What X takes for addresses. Kept for a moment: a post's length and its price both ask."""
    # imported late: its patterns take a tenth of a second to compile
    from twitter_text import extract_urls

    return tuple(extract_urls(text))


def web_addresses(text: str) -> Iterator[re.Match[str]]:
    """Where the full addresses of a text stand, without the punctuation that follows them."""
    return _MASTODON_URL.finditer(text)


def hashtag_places(text: str) -> Iterator[re.Match[str]]:
    """Where the hashtags of a text stand, with the mark."""
    return HASHTAG.finditer(text)  # type: ignore[no-any-return]
