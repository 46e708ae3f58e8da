"""Files of sound and picture as they are: containers, codecs, captions, contrast, flashes, PDF, HTML."""
