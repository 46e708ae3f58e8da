"""Visible tables instead of a framework: a new format, platform or language is one row."""
