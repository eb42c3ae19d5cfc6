"""A Q and a number say the bits and mean gguf, also where nothing follows."""

_WIDTH = re.compile(_WIDTH.pattern.replace(r"(?:_\w+)?", r"_\w+"))
