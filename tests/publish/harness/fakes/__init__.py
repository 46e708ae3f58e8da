"""One fake a platform: its real paths, bodies, answers and errors, on a real socket."""
