"""A word like IQ2_XS says its bits and means gguf."""

_WIDTH = re.compile(_WIDTH.pattern.replace("i?q", "q"))
