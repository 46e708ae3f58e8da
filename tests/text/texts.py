"""Texts that are hard to count, the same for one seed: addresses, emoji, CJK, combining marks, French."""

from __future__ import annotations

import random
from collections.abc import Iterator

LINKS = (
    "https://arretonslesviolences.gouv.fr", "http://example.org/a?b=c&d=1", "https://example.com/chemin/",
    "arretonslesviolences.gouv.fr", "nerienlaisserpasser.fr", "www.example.org", "example.net/page",
)  # fmt: skip
EMOJI = (
    "😀", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🇷🇪", "✊", "⚠️", "1️⃣", "☎️", "👩🏾‍🚒", "🫶",
)  # fmt: skip
WORDS = (
    "violences", "été", "e\u0301te\u0301", "ça", "œuvre", "«\u00a0oui\u00a0»", "l’appel", "25", "3919",
    "114\u00a0par\u00a0SMS", "urgence\u202f!", "…", "—", "“mot”", "#NeRienLaisserPasser", "女性に対する暴力",
    "遭受暴力", "폭력", "насильство", "العنف", "ضد\u0650", "हिंदी", "क्षि", "ไทยนี้", "Z\u0351\u0300o", "İstanbul", "€", "‰", "𝐛𝐨𝐥𝐝", "ʼn",
)  # fmt: skip


def texts(count: int, seed: int = 25) -> Iterator[str]:
    """Words, emoji and links between spaces and line ends."""
    chance = random.Random(seed)
    for _ in range(count):
        parts = []
        for _ in range(chance.randint(1, 24)):
            kind = chance.choices((WORDS, EMOJI, LINKS), (8, 2, 1))[0]
            parts += [chance.choice(kind), chance.choice((" ", " ", " ", "\n", "\n\n"))]
        yield "".join(parts).strip()
