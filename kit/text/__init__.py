"""Writing and measuring text: dates, lengths, typography, comparing. Pure functions, no stage."""
