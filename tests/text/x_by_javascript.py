"""Ask X's own counting, the npm package twitter-text, about the same texts. `make count` runs it.

Usage: python -m tests.text.x_by_javascript FOLDER, where FOLDER holds `node_modules/twitter-text`.
"""

from __future__ import annotations

import json
import subprocess
import sys

from kit.text.length import x_weighted
from tests.text.texts import texts

COUNT = 2_000
SCRIPT = """
const text = require("twitter-text");
const read = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(read.map(one => text.parseTweet(one).weightedLength)));
"""


def main() -> int:
    """Print how many agree; 1 if any does not."""
    made = list(texts(COUNT, seed=114))
    asked = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(made),
        capture_output=True,
        text=True,
        check=True,
        cwd=sys.argv[1],
    )
    theirs = json.loads(asked.stdout)
    wrong = [
        (text, x_weighted(text), other)
        for text, other in zip(made, theirs, strict=True)
        if x_weighted(text) != other
    ]
    for text, ours, other in wrong[:10]:
        print(f"{ours} here, {other} there: {text!r}")
    print(f"{COUNT - len(wrong)} of {COUNT} texts counted as twitter-text counts them")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
