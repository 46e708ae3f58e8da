"""Which posts go out: the queue, exports for other schedulers, and what carries a fact."""
