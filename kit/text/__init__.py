"""Words and how they are counted, dated and set: pure functions, no stage."""
