"""What tests share."""

from make_docs import text as make_text

__all__ = ["make_text"]
