"""The frozen objects that cross a stage. Wrap, never edit."""
