"""The fault harness: a runner killed at any line, servers that answer wrongly, and a count of what came out.

`make faults` runs it whole (`python -m tests.publish.harness`); the tests run a short seeded part.
"""
