"""What a hashtag is, in one place: for a campaign's own and for finding them in texts."""

from __future__ import annotations

import regex

CAMPAIGN_HASHTAG = r"^#\w*[^\W\d_]\w*$"
"""A campaign's own: letters, digits and _, with a letter somewhere, which is enough for `#25Novembre` on X
(twitter-text), Mastodon (mastodon#1827) and Bluesky (kbsky#120), read 2026-11-30. A plain pattern without a
look-ahead: it stands in the JSON Schema, and Rust's patterns have none."""
LONGEST_HASHTAG = 61
"""With its mark."""
HASHTAG = regex.compile(r"(?<![\w/#&])#(?=\w*\p{L})\w+")
"""In a text: stands alone and holds a letter somewhere; digits alone are none (Mastodon's rule)."""
