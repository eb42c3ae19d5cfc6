"""A .gguf at the end of a name goes before it is cut into words: it is none of them."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"\.gguf$", "-gguf", name, flags=re.IGNORECASE))
