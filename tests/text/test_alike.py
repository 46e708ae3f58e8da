"""What counts as the same words after a platform has had them."""

from __future__ import annotations

import pytest

from kit.text.compare import plain_words
from kit.text.length import mastodon


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("arretonslesviolences.gouv.fr", "http://arretonslesviolences.gouv.fr"),
        ("voir https://example.fr.", "voir https://example.fr/."),
        ("voir (https://example.fr)", "voir (example.fr/)"),
        ("un\n\ndeux", "un deux"),
        ("24\u00a0h/24", "24 h/24"),
        ("\u00e9coute", "e\u0301coute"),
    ],
)
def test_what_a_platform_does_to_a_text_does_not_make_it_another(sent: str, shown: str) -> None:
    assert plain_words(sent) == plain_words(shown)


@pytest.mark.parametrize("other", ["3918", "3919.", "le 3919", "3 919", "3919 https://example.fr/a"])
def test_other_words_are_other_words(other: str) -> None:
    assert plain_words("3919") != plain_words(other)


def test_an_instance_may_count_addresses_in_its_own_way() -> None:
    assert (mastodon("https://example.fr"), mastodon("https://example.fr", 30)) == (23, 30)
