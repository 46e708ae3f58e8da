"""Tables of formats, platforms and languages: a new one is one row."""
