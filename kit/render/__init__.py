"""Render: one job in, its files out. No stage imports another; the orchestrator calls these."""
