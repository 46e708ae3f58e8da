"""Campaign kits that save lives: one YAML description in, a whole checked kit out.

The program reads like its own one-line description, in `kit/build.py`:
load, plan, render, check, page, bundle. Everything else is a stage or a table.
"""

__version__ = "0.2.0"
