"""Render: one job in, its files out. No stage imports another; `kit.build` calls these."""
