"""Campaign kits that save lives: from one YAML description to a whole, checked kit.

The stages stand in their order in `kit/build/__init__.py`: load, plan, render, check, page, bundle.
Everything else is one of those stages, or a table that they read.
"""

__version__ = "0.2.0"
