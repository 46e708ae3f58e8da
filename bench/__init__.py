"""Figures to reach, each measured as a ratio or a rate in one run; never a timed test."""
