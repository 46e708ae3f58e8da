"""What a hashtag is, in one place: for a campaign's own and for finding them in texts."""

from __future__ import annotations

import regex

CAMPAIGN_HASHTAG = r"^#[^\W\d_]\w{0,59}$"
"""A campaign's own begins with a letter, which every platform links. A plain pattern: it stands in the JSON Schema."""
HASHTAG = regex.compile(r"(?<![\w/#&])#(?=\w*\p{L})\w+")
"""In a text: stands alone and holds a letter somewhere; digits alone are none (Mastodon's rule)."""
