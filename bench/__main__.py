"""`make bench`: every measurement that has a figure to reach, on this machine, in one run.

`python -m bench clip` measures that topic only. Ratios within a run are what counts: machines and
their other work differ.
"""

from __future__ import annotations

import sys

from bench import clip, queue, rebuild, visuals

TOPICS = {"queue": queue.main, "visuals": visuals.main, "rebuild": rebuild.main, "clip": clip.main}


def main(asked: list[str]) -> None:
    """The topics that were asked for, or all."""
    unknown = [name for name in asked if name not in TOPICS]
    if unknown:
        sys.exit(f"no such topic: {', '.join(unknown)} (there are: {', '.join(TOPICS)})")
    for name in asked or TOPICS:
        TOPICS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
