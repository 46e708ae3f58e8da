"""One fake server a platform: its real paths, bodies, answers and error shapes."""
