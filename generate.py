#!/usr/bin/env python3
"""Entry point without installation of the kit itself: no argument builds ./campaign.yaml into dist/.

Kept readable by old Pythons on purpose: its first duty is to say which command to run instead.
"""

import importlib.util
import sys

NEEDED = ("click", "jinja2", "moviepy", "PIL", "pydantic", "tweepy", "typst", "yaml")


def main():
    if sys.version_info < (3, 11):
        sys.exit("This kit needs Python 3.11 or newer; this is %d.%d.\nRun: make kit" % sys.version_info[:2])
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(
            "The kit's libraries are not installed for this Python (missing: %s).\n"
            "Run:              make kit\n"
            "On Windows:       py -m venv .venv\n"
            "                  .venv\\Scripts\\python -m pip install --require-hashes -r requirements.lock\n"
            "                  .venv\\Scripts\\python generate.py" % ", ".join(missing)
        )
    from kit.cli import main as kit

    kit(args=sys.argv[1:] or ["build"], prog_name="kit" if len(sys.argv) > 1 else "generate.py")


if __name__ == "__main__":
    main()
